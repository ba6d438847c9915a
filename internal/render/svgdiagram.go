package render

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"crossorigin.dev/browser"
)

// Bounds of a diagram, whatever a server sends.
const (
	svgServers = 4   // lifelines; further servers share the last
	svgFields  = 8   // header fields of one message
	svgBytes   = 400 // bytes of one text
)

// A diagram is a drawing that grows downwards.
type diagram struct {
	canvas
	trace   *browser.Trace
	options SVGOptions
	servers []string // their origins, in the order of their appearance
	width   int
	narrow  bool
	y       int // where to draw next; at the end, the height
	page    int // x of the page's lifeline
	browser int // x of the browser's
	first   int // x of the first server's
	apart   int // from one server's to the next one's
}

func newDiagram(t *browser.Trace, o SVGOptions) *diagram {
	d := &diagram{trace: t, options: o}
	width := o.Width
	for _, s := range t.Steps {
		if s.Exchange != nil {
			d.addServer(s.Exchange.URL)
		}
	}
	if held, ok := heldBack(t); ok {
		d.addServer(held.url)
	}
	if len(d.servers) == 0 {
		d.addServer(t.URL)
	}
	further := len(d.servers) - 1
	d.width, d.apart = 760+176*further, 176
	if width != 0 {
		d.width = max(width, 320)
	}
	d.page, d.browser = 94, 284
	if d.width < 700+176*further {
		d.narrow = true
		d.page, d.browser = 46, 124
		d.apart = 44
	}
	d.first = d.width - d.page - further*d.apart
	return d
}

func (d *diagram) addServer(rawURL string) {
	if origin := serverOf(rawURL); !slices.Contains(d.servers, origin) && len(d.servers) < svgServers {
		d.servers = append(d.servers, origin)
	}
}

// lane is the x of the lifeline of the server that a URL names.
func (d *diagram) lane(rawURL string) int {
	i := slices.Index(d.servers, serverOf(rawURL))
	if i < 0 {
		i = len(d.servers) - 1
	}
	return d.first + i*d.apart
}

// serverOf returns the part of a URL that names the server.
func serverOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return rawURL
	}
	return u.Scheme + "://" + u.Host
}

// target returns the part of a URL that the server sees.
func target(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return rawURL
	}
	return u.RequestURI()
}

func (d *diagram) draw() {
	d.actors()
	top := d.y
	d.asked()
	at := 0 // the index of the scene's first step
	for _, sc := range scenes(d.trace) {
		d.scene(sc, at)
		at += len(sc.steps)
	}
	d.heldBack()
	d.answered()
	lanes := []int{d.page, d.browser}
	for i := range d.servers {
		lanes = append(lanes, d.first+i*d.apart)
	}
	for _, x := range lanes {
		fmt.Fprintf(&d.back, `<path class="cors-life" d="M%d.5 %dV%d"/>`+"\n", x, top, d.y)
	}
	d.verdict()
}

// actors draws the heads of the lifelines. Where the columns are close, the
// origins stand above them.
func (d *diagram) actors() {
	d.y = 16
	pageBox, browserBox, serverBox := 2*(d.page-12), 128, 2*(d.page-12)
	if len(d.servers) > 1 {
		serverBox = min(serverBox, d.apart-6)
	}
	var under [][]string // of the page, the browser and each server
	if d.narrow {
		pageBox, browserBox, serverBox = 68, 76, min(serverBox, 68)
		d.y += 10
		d.legend("Page", d.trace.Origin)
		for i, s := range d.servers {
			d.legend(d.serverName(i), s)
		}
		under = make([][]string, 2+len(d.servers))
	} else {
		const inset = 6
		under = append(under, monoSmall.fold(d.trace.Origin, pageBox-inset, 0, 2), monoSmall.fold(profileName(d.trace.Profile), browserBox-inset, 0, 1))
		for _, s := range d.servers {
			under = append(under, monoSmall.fold(s, serverBox-inset, 0, 2))
		}
	}
	lines := 0
	for _, u := range under {
		lines = max(lines, len(u))
	}
	height := 30 + 15*lines
	d.actor(d.page, pageBox, height, "Page", under[0])
	d.actor(d.browser, browserBox, height, "Browser", under[1])
	for i := range d.servers {
		d.actor(d.first+i*d.apart, serverBox, height, d.serverName(i), under[2+i])
	}
	d.y += height
}

func profileName(profile string) string {
	if profile == "spec" {
		return "Fetch standard"
	}
	return profile
}

func (d *diagram) serverName(i int) string {
	switch {
	case len(d.servers) == 1:
		return "Server"
	case d.narrow:
		return fmt.Sprintf("S%d", i+1)
	}
	return fmt.Sprintf("Server %d", i+1)
}

func (d *diagram) legend(name, value string) {
	d.text(16, d.y, "cors-strong", name)
	for _, line := range monoSmall.fold(value, d.width-16-76, 0, 2) {
		d.text(76, d.y, monoSmall.class, line)
		d.y += 17
	}
}

func (d *diagram) actor(x, width, height int, name string, under []string) {
	d.rect(&d.front, "cors-actor", x-width/2, d.y, width, height)
	d.textMiddle(x, d.y+20, "cors-strong", name)
	for i, line := range under {
		d.textMiddle(x, d.y+36+15*i, monoSmall.class+" cors-muted", line)
	}
}

// asked draws the script's call.
func (d *diagram) asked() {
	t := d.trace
	x, width := d.call()
	d.y += 24
	for _, line := range monoStrong.fold(t.Method+" "+target(t.URL), width, 0, 3) {
		d.text(x, d.y, monoStrong.class, line)
		d.y += mono.height
	}
	d.y -= 8
	d.arrow(d.page, d.browser, d.y, false, "")
	d.y += 17
	lines := []string{"mode " + string(t.Mode), "credentials " + string(t.Credentials)}
	if t.Redirect != browser.RedirectFollow {
		lines = append(lines, "redirect "+string(t.Redirect))
	}
	for i, f := range t.Header {
		if i == svgFields {
			lines = append(lines, fmt.Sprintf("and %d more header fields", len(t.Header)-i))
			break
		}
		lines = append(lines, f.Name+": "+discreet(f))
	}
	for _, line := range lines {
		d.y = d.hanging(x, width, d.y, "cors-muted", line)
	}
	d.y -= 6
}

func (d *diagram) scene(sc scene, at int) {
	label := map[sceneKind]string{scenePreflight: "PREFLIGHT", sceneRequest: "REQUEST"}[sc.kind]
	if label != "" && sc.hop > 0 {
		label = fmt.Sprintf("%s, REDIRECT %d", label, sc.hop)
	}
	differs := false
	for i := range sc.steps {
		differs = differs || d.options.Differs[at+i]
	}
	d.band(label, differs, func() {
		for i, s := range sc.steps {
			if s.Exchange != nil {
				d.exchange(s.Exchange, sc.weighed(i))
			}
			if drawn(s) {
				d.step(s)
			}
		}
	})
}

// drawn reports whether a step is a mark of its own in the diagram. Cookies are
// seen in the header fields, and what the script sees is drawn at the end; but
// nothing else shows the HTTP cache, and why a request is sent again.
func drawn(s browser.Step) bool {
	unseen := s.Rule == "network.http-cache" || s.Rule == "network.new-connection"
	seen := s.Phase == browser.PhaseNetwork && !unseen || s.Phase == browser.PhaseFilter
	if seen && s.Decision != browser.DecisionFail {
		return false
	}
	return told(s)
}

// band draws something in front of a band with a label. Without a label there
// is no band.
func (d *diagram) band(label string, differs bool, draw func()) {
	if label == "" {
		draw()
		return
	}
	d.y += 12
	top := d.y
	d.front.WriteString("<g class=\"cors-in\">\n")
	class, labelClass := "cors-band", "cors-label"
	if differs {
		class, labelClass, label = joinClass(class, classDiffers), joinClass(labelClass, classDiffers), label+", DIFFERS"
	}
	d.text(24, d.y+19, labelClass, label)
	d.y += 6
	if d.narrow {
		d.y += 16
	}
	draw()
	d.y += 16
	d.front.WriteString("</g>\n")
	d.rect(&d.back, class, 12, top, d.width-24, d.y-top)
}

func (d *diagram) exchange(x *browser.Exchange, judged map[string]browser.Decision) {
	server := d.lane(x.URL)
	d.message(x.Method+" "+target(x.URL), "")
	if x.Answer == nil {
		d.stub(d.browser, server, d.y, d.failed())
		d.fields(x.Header, nil)
		return
	}
	d.arrow(d.browser, server, d.y, false, "")
	d.fields(x.Header, nil)
	d.y += 4
	took := ""
	if x.Duration > 0 { // else it is not known
		took = duration(x.Duration)
	}
	d.message(statusLine(x.Answer.Status), took)
	d.arrow(server, d.browser, d.y, false, "")
	d.fields(x.Answer.Header, judged)
}

// call is where the script's call and its result are written: between page and
// browser, or across the browser's lifeline if there is too little room.
func (d *diagram) call() (x, width int) {
	if d.narrow {
		return d.page + 12, d.width - d.page - 28
	}
	return d.page + 12, d.browser - d.page - 20
}

// column is where messages between browser and server are written: up to the
// first server's lifeline, or across all servers' if there is too little room.
func (d *diagram) column() (x, width int) {
	x = d.browser + 16
	if d.narrow {
		return x, d.width - 20 - x
	}
	return x, d.first - x - 12
}

// message writes what stands on an arrow, and leaves y where the arrow goes.
func (d *diagram) message(s, aside string) {
	x, width := d.column()
	d.y += 20
	lines := monoStrong.fold(s, width, 0, 3)
	for i, line := range lines {
		d.text(x, d.y, monoStrong.class, line)
		if i == len(lines)-1 && aside != "" {
			d.text(x+int(mono.width(line))+10, d.y, monoSmall.class+" cors-muted", aside)
		}
		d.y += mono.height
	}
	d.y -= 9
}

// fields writes the header fields that matter below their arrow.
func (d *diagram) fields(fields []browser.Field, judged map[string]browser.Decision) {
	x, width := d.column()
	shown, others := telling(fields, d.trace.Header)
	if len(shown) > svgFields {
		others += len(shown) - svgFields
		shown = shown[:svgFields]
	}
	d.y += 17
	for _, f := range shown {
		tone := "cors-muted"
		switch judged[strings.ToLower(f.Name)] {
		case browser.DecisionPass:
			tone = toneAllowed
		case browser.DecisionFail:
			tone = toneBlocked
		}
		d.y = d.hanging(x, width, d.y, tone, f.Name+": "+discreet(f))
	}
	if note := leftOut(len(shown), others); note != "" {
		d.text(x, d.y, monoSmall.class+" cors-muted", note)
		d.y += monoSmall.height
	}
	d.y -= 11
}

// leftOut says of a message's header fields what the diagram does not show,
// where that could be taken for their absence.
func leftOut(shown, others int) string {
	switch {
	case shown == svgFields && others > 0:
		return fmt.Sprintf("(and %d more)", others)
	case shown == 0 && others > 0:
		return "(nothing that CORS looks at)"
	}
	return ""
}

// hanging writes s, the lines after its first indented, and returns the y of
// the line after.
func (d *diagram) hanging(x, width, y int, tone, s string) int {
	const indent = 14
	limit := 3
	if d.narrow {
		limit = 6
	}
	for i, line := range monoSmall.fold(s, width, indent, limit) {
		if i == 1 {
			x += indent
		}
		d.text(x, y, monoSmall.class+" "+tone, line)
		y += monoSmall.height
	}
	return y
}

func (d *diagram) step(s browser.Step) {
	tone, text := "", ""
	switch s.Decision {
	case browser.DecisionPass:
		tone = toneAllowed
	case browser.DecisionFail:
		tone = d.failed()
		text = tone
	}
	d.y += 24
	d.glyph(d.browser, d.y-4, s.Decision == browser.DecisionPass, tone)
	x, width := d.column()
	for _, line := range sans.fold(s.Note, width, 0, 12) {
		d.text(x, d.y, joinClass(sans.class, text), line)
		d.y += sans.height
	}
	d.y -= sans.height
}

// failed is the tone of what failed.
func (d *diagram) failed() string {
	if d.trace.Verdict.Outcome == browser.OutcomeBlocked {
		return toneBlocked
	}
	return toneFailed
}
