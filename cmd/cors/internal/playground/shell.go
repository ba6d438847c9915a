package playground

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"crossorigin.dev/browser"
	"crossorigin.dev/internal/render"
)

//go:embed assets
var embedded embed.FS

// Every view is a file assets/VIEW.html, which defines the blocks of the shell:
// "title" and "main", and if it needs them "head" (style sheets of its own) and
// "scripts" (module scripts). They get the data given to render. What several
// views share is defined in the common templates. Every other file of assets is
// served at /assets/.
var commonTemplates = []string{"assets/shell.html", "assets/parts.html", "assets/prose.html"}

// templateFuncs are what every template may use.
var templateFuncs = template.FuncMap{
	"inc": func(i int) int { return i + 1 },
	// section names a section of a standard by its fragment.
	"section": func(url string) string {
		_, fragment, _ := strings.Cut(url, "#")
		return fragment
	},
}

// parseViews reads the templates of every view.
func parseViews() (map[string]*template.Template, error) {
	common, err := template.New("").Funcs(templateFuncs).ParseFS(embedded, commonTemplates...)
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(embedded, "assets/*.html")
	if err != nil {
		return nil, err
	}
	views := map[string]*template.Template{}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if slices.Contains(commonTemplates, file) {
			continue
		}
		view, err := common.Clone()
		if err != nil {
			return nil, err
		}
		if views[name], err = view.ParseFS(embedded, file); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// A shell is what assets/shell.html shows around a view.
type shell struct {
	View             string // "index"
	Site, Alias, API string // origins; Alias is the site's by its other name
	Data             any
}

// render answers with a whole page: the view in its shell.
func (s *site) render(w http.ResponseWriter, r *http.Request, view string, data any) {
	p := s.playground
	s.execute(w, r, view, "shell", shell{View: view, Site: p.site.url(), Alias: p.site.alias(), API: p.api.url(), Data: data})
}

// missing answers that there is no such page.
func (s *site) missing(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	s.render(&statusWriter{w, http.StatusNotFound}, r, "missing", struct{ Path string }{r.URL.Path})
}

// A statusWriter answers with a status that is not 200.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.WriteHeader(w.status)
	return w.ResponseWriter.Write(b)
}

// renderPart answers with one template of a view, for a script to put into the
// page.
func (s *site) renderPart(w http.ResponseWriter, r *http.Request, view, part string, data any) {
	s.execute(w, r, view, part, data)
}

func (s *site) execute(w http.ResponseWriter, r *http.Request, view, name string, data any) {
	templates, ok := s.views[view]
	if !ok {
		s.fail(w, r, fmt.Errorf("there is no view %q", view))
		return
	}
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, name, data); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Not no-store: a page that one goes back to is as one left it.
	w.Header().Set("Cache-Control", "no-cache")
	// Or the end would be a chunk of its own, which a keystroke waits for.
	w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
	_, _ = page.WriteTo(w)
}

// fail answers that the playground is at fault, and says so on standard error;
// but not if it is the reader who has left.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return
	}
	s.logger.Print(err)
	http.Error(w, "Something is wrong with the playground itself: "+err.Error(), http.StatusInternalServerError)
}

// contentTypes are those of the assets, by their names' ends.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// assetRoutes serves the assets that are no templates.
func assetRoutes(mux *http.ServeMux) error {
	files, err := fs.ReadDir(embedded, "assets")
	if err != nil {
		return err
	}
	for _, file := range files {
		contentType := contentTypes[path.Ext(file.Name())]
		if contentType == "" {
			continue
		}
		content, err := fs.ReadFile(embedded, "assets/"+file.Name())
		if err != nil {
			return err
		}
		if file.Name() == "play.css" {
			content = append(content, render.SVGStyle...)
		}
		mux.Handle("GET /assets/"+file.Name(), asset(file.Name(), contentType, content))
	}
	return nil
}

// asset serves an embedded file, which a browser keeps until it differs.
func asset(name, contentType string, content []byte) http.Handler {
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", tag)
		if framable[r.URL.Path] {
			// A frame whose origin is opaque is another origin here too.
			h.Set("Access-Control-Allow-Origin", "*")
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}

// diagram draws a trace. render escapes what it draws.
func diagram(trace *browser.Trace, o render.SVGOptions) (template.HTML, error) {
	o.Unstyled = true // play.css has the style
	var svg strings.Builder
	err := render.SVG(&svg, trace, o)
	return template.HTML(svg.String()), err
}
