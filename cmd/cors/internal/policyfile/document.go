package policyfile

import (
	"encoding/json"
	"slices"

	"crossorigin.dev/cors"
)

// none is the name that stands for no policy.
const none = "none"

// A document is the file as it is written: references are names yet.
type document struct {
	version   int
	file      *File // what needs no resolving
	listeners []*listener
	admin     located
	upstreams map[string]*upstream
	policies  map[string]*policy
	named     []string // the names of policies, in the order of the file
	fallback  *reference
	routes    []*route
}

type listener struct {
	Listener
	node *node
}

type upstream struct {
	Upstream
	node *node
}

type policy struct {
	cors.Policy
	node *node
}

type route struct {
	match, upstream, strip located
	policy, shadow         *reference
	at                     position
}

// A located text knows where it stands.
type located struct {
	text string
	at   position
}

// A reference is the name of a policy, or the policy itself.
type reference struct {
	name   string
	inline *policy
	at     position
}

func (doc *document) init() {
	doc.file = Defaults()
	doc.upstreams = map[string]*upstream{}
	doc.policies = map[string]*policy{}
}

// Schema is the JSON Schema of the file, indented.
func Schema() []byte {
	var doc document
	doc.init()
	s := doc.keys().schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "cors.yaml"
	s["description"] = "What cors gateway listens on, what it stands in front of, and which origins may do what."
	// Each policy would be spelled out wherever one may stand.
	s["$defs"] = schema{"policy": policyKeys(new(cors.Policy)).schema()}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // it is made of maps, lists and strings
	}
	return append(out, '\n')
}

func (doc *document) keys() object {
	f := doc.file
	return object{keys: []key{
		{"version", "The version of this format: 1.", number{&doc.version, 1, 1}, true},
		{"listeners", "Where the gateway accepts connections. Default: localhost:8080.", list{doc.listener, 1}, false},
		{"admin", "host:port for /healthz, /readyz, /metrics and /decisions. Whoever reaches it can read them, so let it be loopback or a closed network. Default: none.", locatedText{&doc.admin}, false},
		{"upstreams", "The servers the gateway stands in front of, by a name of your choice. It speaks to no other.", dictionary{doc.upstream}, true},
		{"policies", "Policies by a name of your choice, for routes to use.", dictionary{doc.policy}, false},
		{"default", "The policy of requests that no route matches; they are answered with 404. Without one they get no CORS headers.", referenceTo{&doc.fallback}, false},
		{"routes", "What is proxied, to where, under which policy. The most specific pattern decides, whatever the order.", list{doc.route, 1}, true},
		{"limits", "How much one client may send.", limitKeys(&f.Limits), false},
		{"timeouts", "How long things may take.", timeoutKeys(&f.Timeouts), false},
		{"log", "What is logged, as JSON on standard error.", object{keys: []key{
			{"level", "info logs what is refused, debug what is granted too. Default: info.", choice{&f.LogLevel, []string{"debug", "info", "warn", "error"}}, false},
		}}, false},
	}}
}

func (doc *document) listener() value {
	l := new(listener)
	return noted{&l.node, object{keys: []key{
		{"address", "host:port. localhost is both loopback addresses; :8080 is every address of the machine.", text{&l.Address}, true},
		{"hosts", "The names in the Host header that are answered, without port; *.example.com is every subdomain. Default: on a loopback address the names of this machine only, elsewhere any.", texts(&l.Hosts, 1), false},
		{"trustForwarded", "Keep the X-Forwarded-For, -Host and -Proto that come in, and add to them. Only behind a proxy that sets them. Default: false.", boolean{&l.TrustForwarded}, false},
		{"tls", "Speak TLS. The files are read anew when they change.", object{keys: []key{
			{"certificate", "File of the certificate and its chain, PEM.", text{&l.Certificate}, true},
			{"key", "File of its private key, PEM.", text{&l.Key}, true},
		}}, false},
	}}, func() { doc.listeners = append(doc.listeners, l) }}
}

func (doc *document) upstream(name string) value {
	u := new(upstream)
	keys := object{keys: []key{
		{"url", "http://host:port or https://host; h2c://host:port is HTTP/2 without TLS. A path in it comes before the path of each request.", text{&u.URL}, true},
		{"preserveHost", "Send the Host of the client instead of the one of url. Default: false.", boolean{&u.PreserveHost}, false},
		{"hideOrigin", "Leave Origin out of requests whose origin the policy allows, for an upstream that refuses the origins of others. Default: false.", boolean{&u.HideOrigin}, false},
		{"rewriteCookies", "Make the upstream's cookies fit the gateway: without Domain, and on plain HTTP without Secure and SameSite=None. For development. Default: false.", boolean{&u.RewriteCookies}, false},
		{"certificateAuthority", "File of the root certificates to trust, PEM. Default: the system's.", text{&u.CertificateAuthority}, false},
		{"concurrency", "How many requests it gets at one time; more wait for timeouts.connect, and then get 503. Default: 0, no limit.", number{&u.Concurrency, 0, 1 << 20}, false},
	}}
	return noted{&u.node, shorthand{text{&u.URL}, keys}, func() { doc.upstreams[name] = u }}
}

func (doc *document) policy(name string) value {
	p := new(policy)
	return noted{&p.node, policyValue{&p.Policy}, func() {
		doc.policies[name] = p
		doc.named = append(doc.named, name)
	}}
}

func (doc *document) route() value {
	r := new(route)
	var n *node
	return noted{&n, object{keys: []key{
		{"match", "A pattern of Go's net/http: /api/, GET /items/{id}, api.example.com/.", locatedText{&r.match}, true},
		{"upstream", "The name of the upstream.", locatedText{&r.upstream}, true},
		{"policy", "The name of a policy, or one written here; none grants nothing.", referenceTo{&r.policy}, true},
		{"shadow", "A candidate for the policy. Requests on which the two differ are counted and logged; only policy is in force.", referenceTo{&r.shadow}, false},
		{"stripPrefix", "What to take off the beginning of the path before the request goes to the upstream.", locatedText{&r.strip}, false},
	}}, func() {
		r.at = n.at
		doc.routes = append(doc.routes, r)
	}}
}

func policyKeys(p *cors.Policy) object {
	return object{keys: []key{
		{"origins", `Who is allowed: https://app.example.com, https://*.example.com, http://localhost:*. Or "*" alone, for data that is public.`, texts(&p.Origins, 0), false},
		{"credentials", "Allow requests with cookies, client certificates and HTTP authentication. Default: false.", boolean{&p.Credentials}, false},
		{"methods", `Methods allowed beyond GET, HEAD and POST; or "*".`, texts(&p.Methods, 0), false},
		{"requestHeaders", `Request headers allowed beyond the CORS-safelisted ones; or "*", beside which Authorization may stand. For JSON list Content-Type.`, texts(&p.RequestHeaders, 0), false},
		{"responseHeaders", `Response headers that scripts may read beyond the CORS-safelisted ones; or "*".`, texts(&p.ResponseHeaders, 0), false},
		{"maxAge", "How long browsers may keep what a preflight told them, up to 24h. Default: not said, and they keep it 5 s. A negative one forbids it.", duration{&p.MaxAge, anySign}, false},
		{"preflightStatus", "The status of preflights that are granted. Default: 204.", number{&p.PreflightStatus, 200, 299}, false},
		{"crossOriginResourcePolicy", "Sent with every response; the upstream's own is dropped.", choice{&p.CrossOriginResourcePolicy, []string{"same-origin", "same-site", "cross-origin"}}, false},
		{"timingAllowOrigin", "Let allowed origins see detailed timing. Default: false.", boolean{&p.TimingAllowOrigin}, false},
		{"enforce", "Answer 403 to cross-origin requests that could change something and whose origin is not allowed, before the upstream sees them. Default: false.", boolean{&p.Enforce}, false},
		{"unsafeInsecureOrigins", "Permit http:// origins of other machines together with credentials. Default: false.", boolean{&p.UnsafeInsecureOrigins}, false},
		{"unsafeBroadOrigins", "Permit patterns that match what strangers own together with credentials. Default: false.", boolean{&p.UnsafeBroadOrigins}, false},
		{"unsafeNullOrigin", `Allow the origin "null", which any site can take on. Default: false.`, boolean{&p.UnsafeNullOrigin}, false},
		{"debug", "Tell browsers why a preflight is refused. For development. Default: false.", boolean{&p.Debug}, false},
	}, absent: map[string]string{
		"allowOrigin":    "it is a Go function; list the origins, or use package cors in your own server",
		"varyOn":         "it goes with allowOrigin, which is a Go function",
		"passPreflights": "the gateway answers preflights itself, so that no upstream can spoil them",
	}}
}

func limitKeys(l *Limits) object {
	return object{keys: []key{
		{"header", "Size of a request's header, up to 9MiB. Default: 64KiB.", size{&l.Header, 7, "9MiB"}, false},
		{"body", "Size of a request's body; more is answered with 413. Default: 100MiB.", size{&l.Body, 18, "999999TiB"}, false},
		{"connections", "Connections of clients, per listener; more are closed at once. Default: 16384.", number{&l.Connections, 1, 1 << 20}, false},
	}}
}

func timeoutKeys(t *Timeouts) object {
	return object{keys: []key{
		{"header", "For the client to send a request's header. Default: 10s.", duration{&t.Header, positive}, false},
		{"idle", "Between two requests on one connection. Default: 2m.", duration{&t.Idle, positive}, false},
		{"stall", "For a client that neither sends nor takes anything in the middle of a body. Default: 1m.", duration{&t.Stall, positive}, false},
		{"connect", "To connect to the upstream; then 504. Default: 5s.", duration{&t.Connect, positive}, false},
		{"response", "For the upstream to begin its response; then 504. Default: 1m.", duration{&t.Response, positive}, false},
		{"drainDelay", "Between SIGTERM, when /readyz begins to fail, and the end of listening. Default: 0s.", duration{&t.DrainDelay, nonNegative}, false},
		{"drain", "For requests to finish after that. Default: 30s.", duration{&t.Drain, nonNegative}, false},
	}}
}

// noted remembers the node of a value, and tells when it has been decoded.
type noted struct {
	to *(*node)
	value
	done func()
}

func (v noted) decode(d *decoder, n *node) {
	*v.to = n
	v.value.decode(d, n)
	v.done()
}

// shorthand is a text that may stand for a mapping.
type shorthand struct {
	short text
	long  object
}

func (v shorthand) decode(d *decoder, n *node) {
	if n.kind == kindMapping {
		v.long.decode(d, n)
		return
	}
	v.short.decode(d, n)
}

func (v shorthand) schema() schema {
	return schema{"anyOf": []schema{v.short.schema(), v.long.schema()}}
}

type locatedText struct{ to *located }

func (v locatedText) decode(d *decoder, n *node) {
	v.to.at = n.at
	text{&v.to.text}.decode(d, n)
}

func (v locatedText) schema() schema { return text{}.schema() }

// policyValue refers to the one place in the schema where policies are described.
type policyValue struct{ to *cors.Policy }

func (v policyValue) decode(d *decoder, n *node) { policyKeys(v.to).decode(d, n) }
func (v policyValue) schema() schema             { return schema{"$ref": "#/$defs/policy"} }

type referenceTo struct{ to **reference }

func (v referenceTo) decode(d *decoder, n *node) {
	r := &reference{at: n.at}
	if n.kind == kindMapping {
		r.inline = &policy{node: n}
		policyValue{&r.inline.Policy}.decode(d, n)
	} else {
		text{&r.name}.decode(d, n)
	}
	*v.to = r
}

func (v referenceTo) schema() schema {
	return schema{"anyOf": []schema{text{}.schema(), policyValue{}.schema()}}
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
