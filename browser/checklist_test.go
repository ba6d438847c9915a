package browser_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A checklistRule is a rule of the standard, or of one near it, in a sentence.
type checklistRule struct {
	id, says, section string
	implemented       []string // functions: "fetchspec.IsToken", "browser.corsCheck"
	tested            []string // test functions, besides the cases of TestSpec and TestSequences under its id
}

// fetch is a section of the Fetch standard.
func fetchSection(anchor string) string { return "https://fetch.spec.whatwg.org/#" + anchor }

var checklist = []checklistRule{
	{"R-01", "Origins are the same if scheme, host and port agree; an opaque one is the same as itself only.", "https://html.spec.whatwg.org/#same-origin", []string{"origin.SameOrigin"}, nil},
	{"R-02", "An origin is written as scheme, host in ASCII, and port unless it is the default; an opaque one as null.", "https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin", []string{"origin.Origin.String"}, nil},
	{"R-03", "A request's origin is written null once redirects have tainted it, in the Origin header, the checks and the preflight cache.", fetchSection("serializing-a-request-origin"), []string{"browser.serializedOrigin"}, nil},
	{"R-04", "A redirect taints if neither the next URL nor the page is of the origin that redirects.", fetchSection("concept-request-tainted-origin"), []string{"browser.redirectTaint"}, nil},
	{"R-05", "So a chain B, C or B, A sends null, and A, B does not.", fetchSection("concept-request-tainted-origin"), []string{"browser.redirectTaint"}, nil},
	{"R-06", "Pages of data: and file: URLs and in sandboxed frames have opaque origins.", "https://html.spec.whatwg.org/#concept-origin-opaque", []string{"browser.Browser.OpenPage", "origin.OfURL"}, nil},
	{"R-07", "A data: URL is never of another origin; blob: goes with GET only; of about: only about:blank can be fetched, without CORS.", fetchSection("scheme-fetch"), []string{"browser.schemeFetch", "browser.dataFetch", "browser.blobFetch"}, []string{"TestDataURLs", "TestBlobURLs"}},
	{"R-10", "fetch() throws for what is wrong in itself, and nothing is sent.", fetchSection("dom-request"), []string{"browser.construct"}, nil},
	{"R-11", "The modes are same-origin, cors and no-cors; a script cannot ask for others.", fetchSection("concept-request-mode"), []string{"browser.constructInit"}, nil},
	{"R-12", "A streamed body, or one whose upload is listened to, causes a preflight.", fetchSection("use-cors-preflight-flag"), []string{"browser.constructBody", "browser.constructStream"}, []string{"TestSecure"}},
	{"R-13", "Only fetch() and XMLHttpRequest are preflighted for their method and headers.", fetchSection("unsafe-request-flag"), []string{"browser.construct"}, nil},
	{"R-14", "CONNECT, TRACE and TRACK are forbidden, in any case.", fetchSection("forbidden-method"), []string{"fetchspec.IsForbiddenMethod"}, nil},
	{"R-15", "Six methods are put in upper case; patch is not among them.", fetchSection("concept-method-normalize"), []string{"fetchspec.NormalizeMethod"}, nil},
	{"R-16", "GET, HEAD and POST are CORS-safelisted.", fetchSection("cors-safelisted-method"), []string{"fetchspec.IsSafelistedMethod"}, nil},
	{"R-20", "A header's name is a token; its value is stripped of whitespace and holds no line break or NUL.", fetchSection("concept-header"), []string{"fetchspec.IsToken", "fetchspec.IsValue", "browser.constructHeader"}, nil},
	{"R-21", "Headers are pairs in order, of which several may have one name.", fetchSection("concept-header-list"), []string{"browser.headerListOf"}, nil},
	{"R-22", "A header that a script may not set is dropped in silence.", fetchSection("headers-class"), []string{"browser.constructHeader"}, nil},
	{"R-23", "The forbidden request-headers.", fetchSection("forbidden-request-header"), []string{"fetchspec.IsForbiddenRequestHeader"}, nil},
	{"R-24", "The CORS-safelisted request-headers, by name and value.", fetchSection("cors-safelisted-request-header"), []string{"fetchspec.IsSafelistedRequestHeader"}, nil},
	{"R-25", "The CORS-unsafe request-header bytes.", fetchSection("cors-unsafe-request-header-byte"), []string{"fetchspec.IsSafelistedRequestHeader"}, nil},
	{"R-26", "Safelisted values of more than 1024 bytes together are all unsafe.", fetchSection("cors-unsafe-request-header-names"), []string{"fetchspec.UnsafeRequestHeaderNames"}, nil},
	{"R-27", "Authorization is the one header that * does not cover.", fetchSection("cors-non-wildcard-request-header-name"), []string{"fetchspec.IsNonWildcardRequestHeaderName"}, nil},
	{"R-28", "In mode no-cors only four headers may be set, with safelisted values.", fetchSection("no-cors-safelisted-request-header"), []string{"fetchspec.IsNoCORSSafelistedRequestHeader", "browser.guardNoCORS"}, nil},
	{"R-29", "Headers that describe the body go with it.", fetchSection("request-body-header-name"), []string{"fetchspec.IsRequestBodyHeaderName"}, nil},
	{"R-30", "Set-Cookie is never seen by a script.", fetchSection("forbidden-response-header-name"), []string{"fetchspec.IsForbiddenResponseHeaderName"}, nil},
	{"R-41", "A URL of the page's own origin is fetched without CORS, unless another origin was involved before.", fetchSection("main-fetch"), []string{"browser.mainFetch"}, nil},
	{"R-42", "Mode same-origin fails for another origin, and nothing is sent.", fetchSection("main-fetch"), []string{"browser.mainFetch"}, nil},
	{"R-43", "Mode no-cors needs redirect mode follow, and gives an opaque response.", fetchSection("main-fetch"), []string{"browser.mainFetch"}, nil},
	{"R-44", "Another scheme than HTTP(S) fails.", fetchSection("main-fetch"), []string{"browser.failScheme"}, nil},
	{"R-45", "A method or header that is not safelisted is preflighted; a failure clears what the preflight cache has for the URL.", fetchSection("main-fetch"), []string{"browser.needsPreflight", "browser.corsFetch"}, nil},
	{"R-46", "Everything else is sent without a preflight, and its response checked.", fetchSection("main-fetch"), []string{"browser.needsPreflight"}, nil},
	{"R-50", "A preflight is left out if the cache allows the method, unless safelisted, and each unsafe header.", fetchSection("concept-http-fetch"), []string{"browser.allowedByCache"}, nil},
	{"R-51", "The CORS check comes before redirects, on every hop.", fetchSection("concept-http-fetch"), []string{"browser.judge"}, nil},
	{"R-52", "Timing-Allow-Origin decides whether the script sees detailed timing; one failure counts for the whole chain.", fetchSection("concept-tao-check"), []string{"browser.checkTiming"}, []string{"TestTimingAllowed"}},
	{"R-53", "Cross-Origin-Resource-Policy is checked for opaque responses only.", fetchSection("cross-origin-resource-policy-check"), []string{"browser.checkCORP"}, nil},
	{"R-54", "Redirect mode error fails, manual gives an opaque redirect, follow follows.", fetchSection("concept-http-fetch"), []string{"browser.redirected"}, nil},
	{"R-55", "Redirects are 301, 302, 303, 307 and 308.", fetchSection("redirect-status"), []string{"fetchspec.IsRedirectStatus"}, []string{"TestStatuses"}},
	{"R-60", "A redirect without a Location is a response; one to another scheme than HTTP(S) fails.", fetchSection("http-redirect-fetch"), []string{"browser.redirectFetch", "browser.redirectLocation"}, nil},
	{"R-61", "At most 20 redirects are followed.", fetchSection("http-redirect-fetch"), []string{"browser.redirectFetch"}, nil},
	{"R-62", "In mode cors a redirect to another origin than the page's may carry no user name or password.", fetchSection("http-redirect-fetch"), []string{"browser.redirectUserinfo"}, nil},
	{"R-63", "Nor may any redirect once CORS is involved.", fetchSection("http-redirect-fetch"), []string{"browser.redirectUserinfo"}, nil},
	{"R-64", "A streamed body cannot be sent again.", fetchSection("http-redirect-fetch"), []string{"browser.redirectFetch"}, []string{"TestStreamIsNotSentAgain"}},
	{"R-65", "301 and 302 turn POST into GET, 303 everything but GET and HEAD.", fetchSection("http-redirect-fetch"), []string{"browser.redirectMethod"}, nil},
	{"R-66", "Authorization does not follow to another origin.", fetchSection("http-redirect-fetch"), []string{"browser.redirectFetch"}, nil},
	{"R-67", "The next URL goes through main fetch, with a preflight of its own and the redirect's referrer policy.", fetchSection("http-redirect-fetch"), []string{"browser.follow"}, nil},
	{"R-68", "If what called for a preflight has gone, there is none.", fetchSection("main-fetch"), []string{"browser.needsPreflight"}, nil},
	{"R-70", "Cookies go along under credentials mode include, and under same-origin if no other origin was involved.", fetchSection("http-network-or-cache-fetch"), []string{"browser.includeCredentials"}, nil},
	{"R-71", "POST and PUT without a body say Content-Length: 0.", fetchSection("http-network-or-cache-fetch"), []string{"browser.httpRequest"}, []string{"TestContentLength"}},
	{"R-72", "Bodies of keepalive requests have 64 KiB together.", fetchSection("http-network-or-cache-fetch"), []string{"browser.networkOrCacheFetch"}, nil},
	{"R-73", "Referer, then Origin, then the fetch metadata.", fetchSection("http-network-or-cache-fetch"), []string{"browser.determineReferrer", "browser.addFetchMetadata"}, []string{"TestReferrerPolicies", "TestSecure"}},
	{"R-74", "What the cache mode adds needs no preflight; what a script sets does.", fetchSection("http-network-or-cache-fetch"), []string{"browser.cacheMode", "browser.addCacheHeaders"}, nil},
	{"R-75", "Cookies are stored even if the response is then hidden.", fetchSection("parse-and-store-response-set-cookie-headers"), []string{"browser.addCookies", "browser.storeCookies"}, []string{"TestParseCookie"}},
	{"R-76", "The HTTP cache is kept apart by the page's site, matched by Vary, and its responses are checked like any other.", fetchSection("http-cache-partitions"), []string{"browser.cached"}, []string{"TestRevalidation", "TestCachePartitions"}},
	{"R-77", "A 401 to a CORS request is a response; a request that is answered 421 is sent once more.", fetchSection("http-network-or-cache-fetch"), []string{"browser.judge", "browser.exchange"}, []string{"TestAskedAgain"}},
	{"R-78", "A streamed body fails over HTTP/1.", fetchSection("http-network-fetch"), []string{"browser.exchangeOnce", "browser.failStream"}, []string{"TestStreamNeedsHTTP2"}},
	{"R-80", "Origin is sent with CORS, and without it for other methods than GET and HEAD, as the referrer policy lets it.", fetchSection("append-a-request-origin-header"), []string{"browser.originHeader"}, nil},
	{"R-90", "A preflight is OPTIONS with the method verbatim and the unsafe names sorted, in lower case, joined by a comma.", fetchSection("cors-preflight-fetch-0"), []string{"browser.preflight"}, nil},
	{"R-91", "Its response passes the CORS check and has an ok status.", fetchSection("cors-preflight-fetch-0"), []string{"browser.judgePreflight", "browser.preflightStatus"}, nil},
	{"R-92", "One member of its lists that is no token spoils it.", fetchSection("extract-header-list-values"), []string{"fetchspec.TokenList", "browser.preflightList"}, []string{"TestTokenList"}},
	{"R-93", "Without Access-Control-Allow-Methods a preflight for the body's sake allows the method.", fetchSection("cors-preflight-fetch-0"), []string{"browser.checkMethod"}, nil},
	{"R-94", "The method is listed in its very case, or safelisted, or covered by * without credentials.", fetchSection("cors-preflight-fetch-0"), []string{"browser.checkMethod"}, nil},
	{"R-95", "Authorization must be listed by name.", fetchSection("cors-preflight-fetch-0"), []string{"browser.checkHeaders"}, nil},
	{"R-96", "Each other unsafe header is listed in any case, or covered by * without credentials.", fetchSection("cors-preflight-fetch-0"), []string{"browser.checkHeaders"}, nil},
	{"R-97", "Access-Control-Max-Age is digits, else 5 seconds.", fetchSection("http-access-control-max-age"), []string{"fetchspec.MaxAge", "browser.maxAge"}, []string{"TestMaxAge"}},
	{"R-98", "What was allowed is remembered method by method and header by header, under origin, URL with fragment, and credentials.", fetchSection("cors-preflight-cache"), []string{"browser.store", "browser.preflightCache.add"}, nil},
	{"R-100", "The CORS check.", fetchSection("concept-cors-check"), []string{"browser.corsCheck"}, nil},
	{"exposed headers", "A script sees seven headers of a response with CORS, and those that are exposed.", fetchSection("concept-filtered-response-cors"), []string{"browser.exposed"}, nil},
	{"nosniff", "Scripts and styles of another declared type are not used under nosniff.", fetchSection("x-content-type-options-header"), []string{"browser.checkType"}, nil},
	{"MIME type", "A script that is declared a picture, sound or film is not used.", fetchSection("should-response-to-request-be-blocked-due-to-mime-type"), []string{"browser.checkType"}, nil},
	{"port", "Ports of other protocols are refused, on every hop.", fetchSection("port-blocking"), []string{"browser.checkPort"}, nil},
	{"mixed content", "A secure page loads nothing over plain HTTP; pictures and sound are upgraded.", "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch", []string{"browser.checkMixedContent", "browser.upgradeMixedContent"}, []string{"TestSecure"}},
	{"SameSite", "Which cookies go to another site.", "https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-samesite-attribute", []string{"browser.allowsCookie"}, nil},
	{"Set-Cookie", "How cookies are parsed, and which are refused.", "https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-storage-model", []string{"browser.parseCookie", "browser.refuseCookie"}, []string{"TestParseCookie"}},
	{"local network", "A page reaches into a more private network only if the user lets it.", "https://wicg.github.io/local-network-access/#local-network-access-check", []string{"browser.judgeLocalNetwork"}, []string{"TestLocalNetworkAccess"}},
}

// outOfScope are the numbers of the checklist that this package leaves out.
const outOfScope = `Left out: R-40 (preloads), and R-79 (connections are kept apart by credentials), which is the transport's business.
Service workers, Content Security Policy, subresource integrity and navigation are not modelled.
`

var packages = map[string]string{"browser": ".", "origin": "../origin", "fetchspec": "../internal/fetchspec"}

// TestChecklist writes docs/browser.md: each rule with where it is implemented
// and tested. A rule without either fails.
func TestChecklist(t *testing.T) {
	functions, tests := declared(t)
	cases := casesPerRule()
	var b bytes.Buffer
	fmt.Fprintf(&b, "# The rules that package browser carries out\n\nGenerated by `go test ./browser -run Checklist -update`; do not edit.\n\n")
	fmt.Fprintf(&b, "Cases are those of `TestSpec` and `TestSequences`, which stand under the rule's name. Besides, `TestRecorded` and `TestVerdicts` hold the engine against what browsers were measured to do.\n\n%s\n", outOfScope)
	fmt.Fprintf(&b, "| rule | what it says | implemented | tested |\n|-|-|-|-|\n")
	for _, r := range checklist {
		var where, tested []string
		for _, name := range r.implemented {
			file, ok := functions[name]
			if !ok {
				t.Errorf("%s: there is no function %s", r.id, name)
			}
			where = append(where, fmt.Sprintf("`%s` in %s", name, file))
		}
		if n := cases[r.id]; n > 0 {
			tested = append(tested, fmt.Sprintf("%d cases", n))
		}
		for _, name := range r.tested {
			if !tests[name] {
				t.Errorf("%s: there is no test %s", r.id, name)
			}
			tested = append(tested, "`"+name+"`")
		}
		if len(where) == 0 || len(tested) == 0 {
			t.Errorf("%s is implemented in %q, tested by %q", r.id, where, tested)
		}
		delete(cases, r.id)
		fmt.Fprintf(&b, "| [%s](%s) | %s | %s | %s |\n", r.id, r.section, r.says, strings.Join(where, ", "), strings.Join(tested, ", "))
	}
	for id := range cases {
		t.Errorf("cases stand under %s, which is not in the checklist", id)
	}
	writeProfiles(t, &b)
	golden(t, "../docs/browser.md", b.Bytes())
}

// writeProfiles writes the table of profile.go, profilecache.go and profilewebkit.go, a row a knob.
func writeProfiles(t *testing.T, b *bytes.Buffer) {
	fmt.Fprintf(b, "\n# In what the browsers differ\n\nThe table of profile.go, profilecache.go and profilewebkit.go. A dash is no, none, nothing or 0.\n\n")
	fmt.Fprintf(b, "| knob | spec | chromium | firefox | webkit | what it is, and the measurement |\n|-|-|-|-|-|-|\n")
	for _, name := range []string{"profile.go", "profilecache.go", "profilewebkit.go"} {
		writeRows(t, b, name)
	}
}

func writeRows(t *testing.T, b *bytes.Buffer, name string) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, name, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || spec.Doc == nil {
			return true
		}
		table, ok := spec.Values[0].(*ast.CompositeLit)
		if !ok {
			return true
		}
		values := map[string]string{}
		for _, e := range table.Elts {
			pair := e.(*ast.KeyValueExpr)
			var value strings.Builder
			if err := printer.Fprint(&value, files, pair.Value); err != nil {
				t.Fatal(err)
			}
			values[pair.Key.(*ast.Ident).Name] = strings.Join(strings.Fields(value.String()), " ")
		}
		name := spec.Names[0].Name
		doc := strings.Join(strings.Fields(spec.Doc.Text()), " ")
		if !strings.HasPrefix(doc, name+": ") {
			t.Errorf("the comment of %s does not begin with its name", name)
		}
		fmt.Fprintf(b, "| %s |", name)
		for _, profile := range []string{"Spec", "Chromium", "Firefox", "WebKit"} {
			fmt.Fprintf(b, " %s |", or(values[profile], "–"))
		}
		fmt.Fprintf(b, " %s |\n", strings.TrimPrefix(doc, name+": "))
		rows++
		return true
	})
	if rows == 0 {
		t.Errorf("no rows found in %s", name)
	}
}

func casesPerRule() map[string]int {
	n := map[string]int{}
	for _, c := range slices.Concat(originCases, constructCases, headerCases, mainCases, httpCases, redirectCases, networkCases, preflightCases, corsCheckCases, filterCases) {
		n[c.rule]++
	}
	for _, s := range slices.Concat(preflightCacheSequences, cookieSequences, httpCacheSequences) {
		n[s.rule]++
	}
	return n
}

// declared returns the functions and methods of the packages, with their files,
// and the tests.
func declared(t *testing.T) (functions map[string]string, tests map[string]bool) {
	functions, tests = map[string]string{}, map[string]bool{}
	for name, folder := range packages {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", folder, err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				f, ok := d.(*ast.FuncDecl)
				switch {
				case !ok:
				case strings.HasSuffix(file, "_test.go"):
					tests[f.Name.Name] = true
				case f.Recv == nil || receiver(f) == "fetch": // the engine's own methods go by their names alone
					functions[name+"."+f.Name.Name] = filepath.Base(file)
				default:
					functions[name+"."+receiver(f)+"."+f.Name.Name] = filepath.Base(file)
				}
			}
		}
	}
	return functions, tests
}

// receiver returns the name of a method's type.
func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return t.(*ast.Ident).Name
}

// TestRulesAreTraced: each rule of rules.go is used, and its id, if it has one,
// is in the checklist.
func TestRulesAreTraced(t *testing.T) {
	text, err := os.ReadFile("rules.go")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file != "rules.go" && !strings.HasSuffix(file, "_test.go") {
			part, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(part)
		}
	}
	rule := regexp.MustCompile(`(rule\w+)\s+= &rule\{"([^"]+)", "([^"]*)"`)
	names := map[string]bool{}
	for _, m := range rule.FindAllStringSubmatch(string(text), -1) {
		if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(source.String()) {
			t.Errorf("%s is never used", m[1])
		}
		if names[m[2]] {
			t.Errorf("two rules are named %s", m[2])
		}
		names[m[2]] = true
		if m[3] != "" && !slices.ContainsFunc(checklist, func(r checklistRule) bool { return r.id == m[3] }) {
			t.Errorf("%s has the id %s, which is not in the checklist", m[1], m[3])
		}
	}
	if len(names) == 0 {
		t.Error("no rules found")
	}
}

// TestReasonsAreTested: each reason of reason.go is one that some test expects,
// by its code or by its name.
func TestReasonsAreTested(t *testing.T) {
	text, err := os.ReadFile("reason.go")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var expected strings.Builder
	for _, file := range tests {
		part, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		expected.Write(part)
	}
	reasons := regexp.MustCompile(`(Reason\w+)\s+Reason = "([^"]+)"`).FindAllStringSubmatch(string(text), -1)
	if len(reasons) == 0 {
		t.Error("no reasons found")
	}
	for _, m := range reasons {
		if !strings.Contains(expected.String(), `"`+m[2]+`"`) && !strings.Contains(expected.String(), "browser."+m[1]) {
			t.Errorf("no test expects %s", m[2])
		}
	}
}
