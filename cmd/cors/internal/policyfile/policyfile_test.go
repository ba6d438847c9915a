package policyfile

import (
	"slices"
	"strings"
	"testing"
)

// environment is what the tests' files may name.
var environment = map[string]string{
	"SITE": "https://app.example.com",
	"YES":  "true",
	"AGE":  "300",
	"LINE": "a\nb: c",
}

func lookup(name string) (string, bool) {
	value, ok := environment[name]
	return value, ok
}

// minimal is what every file needs, for those that are about something else.
const minimal = `version: 1
upstreams: {api: "http://localhost:9000"}
routes: [{match: /api/, upstream: api, policy: none}]
`

// broken are files, and everything that is said of them.
var broken = []struct {
	name, file string
	want       []string
}{
	{"empty", ``, []string{
		`the file is empty; write version: 1, then upstreams and routes`}},
	{"only a comment", "# nothing\n", []string{
		`the file is empty; write version: 1, then upstreams and routes`}},
	{"not YAML", "version: 1\nroutes: [a, b\n", []string{
		`2:9: not YAML: sequence end token ']' not found`}},
	{"tab", "version: 1\n\troutes: x\n", []string{
		"2:1: not YAML: found character '\t' that cannot start any token"}},
	{"list", "- version: 1\n", []string{
		`1:1: a list stands where a mapping is expected`}},
	{"two documents", minimal + "---\nversion: 1\n", []string{
		`5:8: a second document begins here; the file has to be one`}},
	{"anchor", minimal + "policies:\n  a: &a {origins: [https://a.example]}\n  b: *a\n", []string{
		`5:6: anchors and aliases are not read here; name a policy under policies, and use it by its name`}},
	{"merge key", minimal + "policies:\n  a:\n    <<: {origins: [https://a.example]}\n", []string{
		`6:5: merge keys are not read here; name a policy under policies, and use it by its name`}},
	{"tag", minimal + "admin: !!str localhost:9100\n", []string{
		`4:8: tags are not read here; leave it out, or put the value in quotes`}},
	{"depth", "a: [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]\n", []string{
		`1:20: lists and mappings lie too deep in each other`}},
	{"missing keys", "version: 1\n", []string{
		`1:1: the key "upstreams" is missing here`,
		`1:1: the key "routes" is missing here`}},
	{"version", strings.Replace(minimal, "version: 1", "version: 2", 1), []string{
		`1:10: 2 is not known here; write 1`}},
	{"version text", strings.Replace(minimal, "version: 1", "version: '1'", 1), []string{
		`1:10: "1" stands where a number is expected`}},
	{"unknown key", minimal + "polices: {}\n", []string{
		`4:1: unknown key "polices"; write policies`}},
	{"unknown key, nothing near", minimal + "cache: {}\n", []string{
		`4:1: unknown key "cache"; known here: version, listeners, admin, upstreams, policies, default, routes, limits, timeouts, log`}},
	{"key twice", minimal + "version: 1\n", []string{
		`4:1: the key "version" comes twice; the first one is in line 1`}},
	{"key without value", minimal + "policies:\n", []string{
		`4:1: the key "policies" has no value; give it one, or leave it out`}},
	{"name twice", minimal + "policies:\n  a: {origins: [https://a.example]}\n  a: {origins: [https://b.example]}\n", []string{
		`6:3: the name "a" comes twice; the first one is in line 5`}},
	{"name reserved", minimal + "policies:\n  none: {origins: [https://a.example]}\n", []string{
		`5:3: the name "none" stands for no policy at all`}},
	{"name with a space", minimal + "policies:\n  \"a b\": {origins: [https://a.example]}\n", []string{
		`5:3: "a b" is not a name: up to 64 letters, digits, _, . and -`}},
	{"kebab case", minimal + "default:\n  origins: [https://a.example]\n  max-age: 10m\n", []string{
		`6:3: unknown key "max-age"; write maxAge`}},
	{"Go field", minimal + "default:\n  origins: [https://a.example]\n  passPreflights: true\n", []string{
		`6:3: there is no key "passPreflights": the gateway answers preflights itself, so that no upstream can spoil them`}},
	{"yes", minimal + "default:\n  origins: [https://a.example]\n  credentials: yes\n", []string{
		`6:16: "yes" stands where true or false is expected; write true`}},
	{"boolean as text", minimal + "default:\n  origins: [https://a.example]\n  credentials: \"true\"\n", []string{
		`6:16: "true" stands where true or false is expected; write true`}},
	{"text for list", minimal + "default:\n  origins: https://a.example\n", []string{
		`5:12: "https://a.example" stands where a list is expected; write ["https://a.example"]`}},
	{"number for text", minimal + "default:\n  origins: [https://a.example]\n  methods: [1]\n", []string{
		`6:13: 1 stands where text is expected; write "1"`}},
	{"duration without unit", minimal + "default:\n  origins: [https://a.example]\n  maxAge: 600\n", []string{
		`6:11: 600 has no unit; write 600s, if it is seconds`}},
	{"duration", minimal + "default:\n  origins: [https://a.example]\n  maxAge: ten minutes\n", []string{
		`6:11: "ten minutes" is not a duration; write one with units, such as 500ms, 10s, 5m or 1h30m`}},
	{"negative timeout", minimal + "timeouts: {idle: -1s}\n", []string{
		`4:18: "-1s" is less than nothing`}},
	{"no timeout", minimal + "timeouts: {stall: 0s, drain: 0s}\n", []string{
		`4:19: "0s" is no time at all; leave it out for the default`}},
	{"size without unit", minimal + "limits: {body: 100}\n", []string{
		`4:16: 100 has no unit; write 100B, if it is bytes`}},
	{"size", minimal + "limits: {body: 100 megabytes}\n", []string{
		`4:16: "100 megabytes" is not a size; write a whole number with KiB, MiB, GiB, kB, MB, GB or B, such as 64KiB`}},
	{"size of a header", minimal + "limits: {header: 10MiB}\n", []string{
		`4:18: "10MiB" is too much; write at most 9MiB`}},
	{"long duration", minimal + "timeouts: {drain: 100000h}\n", []string{
		`4:19: "100000h" is too much, or too many numbers; write at most 99999h`}},
	{"number range", minimal + "limits: {connections: 0}\n", []string{
		`4:23: 0 is not a whole number from 1 to 1048576`}},
	{"choice", minimal + "log: {level: information}\n", []string{
		`4:14: unknown value "information"; known here: debug, info, warn, error`}},
	{"empty list", strings.Replace(minimal, "routes: [", "routes: [] #", 1), []string{
		`3:9: the list is empty`}},
	{"empty text", minimal + "admin: ''\n", []string{
		`4:8: the text is empty`}},
	{"variable not set", minimal + "admin: ${ADMIN}\n", []string{
		`4:8: the environment variable ADMIN is not set`}},
	{"variable misnamed", minimal + "admin: ${ADMIN-localhost:1}\n", []string{
		`4:8: "${ADMIN-localhost:1}" has a ${ that names no variable; write ${NAME}, or $${ for the characters themselves`}},
	{"variable not closed", minimal + "admin: ${ADMIN\n", []string{
		`4:8: "${ADMIN" has a ${ that names no variable; write ${NAME}, or $${ for the characters themselves`}},
	{"variable as a key", minimal + "${YES}: 1\n", []string{
		`4:1: unknown key "${YES}"; known here: version, listeners, admin, upstreams, policies, default, routes, limits, timeouts, log`}},
	{"variable of two lines", minimal + "admin: ${LINE}\n", []string{
		`4:8: the environment variable LINE has more than one line`}},
	{"address", minimal + "listeners: [{address: localhost}]\n", []string{
		`4:23: "localhost" is not a host and a port; write localhost:8080, say`}},
	{"address of a port", minimal + "admin: '9100'\n", []string{
		`4:8: "9100" is not a host and a port; write localhost:9100`}},
	{"two origins in one", minimal + "default: {origins: ['http://localhost:1,http://localhost:2']}\n", []string{
		`4:21: origins: "http://localhost:1,http://localhost:2" goes on after the host and port; an origin ends there, without even a slash; write one entry of the list for each`}},
	{"port", minimal + "listeners: [{address: 'localhost:http'}]\n", []string{
		`4:23: "http" is not a port; it has to be 0 to 65535`}},
	{"address twice", minimal + "listeners: [{address: 'localhost:1'}, {address: 'localhost:1'}]\n", []string{
		`4:49: "localhost:1" is listened on twice`}},
	{"admin on a listener", minimal + "listeners: [{address: 'localhost:1'}]\nadmin: localhost:1\n", []string{
		`5:8: "localhost:1" is the address of a listener already; the admin pages need one of their own`}},
	{"admin for all", minimal + "admin: :9100\n", []string{
		`4:8: advice: ":9100" can be reached from other machines, and /decisions shows origins and paths; keep it in a closed network`}},
	{"host with port", minimal + "listeners: [{address: ':1', hosts: ['api.example.com:8080', 'API.example.com', 'http://a']}]\n", []string{
		`4:37: "api.example.com:8080" has a port; hosts are named without; write api.example.com`,
		`4:61: "API.example.com" is never asked for; browsers send it in lower case; write api.example.com`,
		`4:80: "http://a" is not the name of a host; write api.example.com or *.example.com, say`}},
	{"listener for all", minimal + "listeners: [{address: ':1'}, {address: '[::1]:1'}]\n", []string{
		`4:23: advice: ":1" answers to any Host, also one that another site points here (DNS rebinding); write the names it goes by under hosts`}},
	{"tls without key", minimal + "listeners: [{address: '[::1]:1', tls: {certificate: a.pem}}]\n", []string{
		`4:39: the key "key" is missing here`}},
	{"upstream without scheme", strings.Replace(minimal, "http://", "", 1), []string{
		`2:18: "localhost:9000" has no scheme; write http://localhost:9000`}},
	{"upstream scheme", strings.Replace(minimal, "http://", "ftp://", 1), []string{
		`2:18: "ftp://localhost:9000" has the scheme "ftp"; an upstream has http, https or h2c`}},
	{"upstream with password", strings.Replace(minimal, "http://", "http://me:secret@", 1), []string{
		`2:18: "…@localhost:9000" carries a user name or password; what the upstream asks for comes from its clients`}},
	{"upstream with password, no URL", strings.Replace(minimal, "http://localhost:9000", "http://me:secret@localhost:port", 1), []string{
		`2:18: "…@localhost:port" carries a user name or password; what the upstream asks for comes from its clients`}},
	{"upstream with password, no scheme", strings.Replace(minimal, "http://localhost:9000", "me:secret@localhost:9000", 1), []string{
		`2:18: "…@localhost:9000" carries a user name or password; what the upstream asks for comes from its clients`}},
	{"upstream with @ in its path", strings.Replace(minimal, "9000", "9000/@v1", 1), nil},
	{"upstream with query", strings.Replace(minimal, "9000", "9000/v1?a=b", 1), []string{
		`2:18: "http://localhost:9000/v1?a=b" has a query or a fragment; write http://localhost:9000/v1`}},
	{"upstream port", strings.Replace(minimal, "9000", "port", 1), []string{
		`2:18: "http://localhost:port" is not a URL: invalid port ":port" after host`}},
	{"upstream unknown", strings.Replace(minimal, "upstream: api", "upstream: apy", 1), []string{
		`3:35: unknown upstream "apy"; write api`}},
	{"policy unknown", strings.Replace(minimal, "policy: none", "policy: web", 1) + "policies: {wab: {origins: [https://a.example]}}\n", []string{
		`3:48: unknown policy "web"; write wab`}},
	{"route without policy", strings.Replace(minimal, ", policy: none", "", 1), []string{
		`3:10: the key "policy" is missing here`}},
	{"pattern", strings.Replace(minimal, "match: /api/", `match: "/{a"`, 1), []string{
		`3:18: "/{a" does not work as a pattern: parsing "/{a": at offset 1: bad wildcard segment (must end with '}')`}},
	{"pattern without path", strings.Replace(minimal, "match: /api/", "match: api.example.com", 1), []string{
		`3:18: "api.example.com" has no path; write api.example.com/`}},
	{"pattern with port", strings.Replace(minimal, "match: /api/", "match: 'api.example.com:8080/'", 1), []string{
		`3:18: "api.example.com:8080/" names a port; patterns match any; write api.example.com/`}},
	{"pattern in upper case", strings.Replace(minimal, "match: /api/", "match: GET API.example.com/", 1), []string{
		`3:18: "GET API.example.com/" matches nothing; hosts are compared in lower case; write GET api.example.com/`}},
	{"pattern twice", strings.Replace(minimal, "}]", "}, {match: /api/, upstream: api, policy: none}]", 1), []string{
		`3:63: "/api/" is matched twice; the first one is in line 3`}},
	{"patterns in conflict", strings.Replace(minimal, "routes: [{match: /api/,", "routes: [{match: '/a/{x}', upstream: api, policy: none}, {match: '/{y}/b',", 1), []string{
		`3:66: "/{y}/b" does not work as a pattern: pattern "/{y}/b" conflicts with pattern "/a/{x}": /{y}/b and /a/{x} both match some paths, like "/a/b"`}},
	{"prefix", strings.Replace(minimal, "match: /api/,", "match: /api/, stripPrefix: /app,", 1), []string{
		`3:38: "/app" is not how the paths of "/api/" begin`}},
	{"prefix with slash", strings.Replace(minimal, "match: /api/,", "match: /api/, stripPrefix: api/,", 1), []string{
		`3:38: "api/" has to begin with a slash and to end without; write /api`}},
	{"no origins", minimal + "default: {credentials: true}\n", []string{
		`4:10: the policy names no origin, so nobody would be allowed; write origins: [https://app.example.com], or policy: none in the route`}},
	{"everyone with credentials", minimal + "policies:\n  a:\n    origins: ['*']\n    credentials: true\n", []string{
		`6:15: origins: "*" cannot go with credentials: any site could act as the user; list the origins to trust`}},
	{"everyone with credentials, by scheme", minimal + "policies:\n  a:\n    origins: ['https://*']\n    credentials: true\n    unsafeBroadOrigins: true\n", []string{
		`6:15: origins: "https://*" has an asterisk where there can be none; only a first label and a port can be *`}},
	{"everyone with credentials, by null", minimal + "policies:\n  a:\n    unsafeNullOrigin: true\n    credentials: true\n", []string{
		`6:23: any site can take on the origin "null", so with credentials every site could act as the user; leave one of the two out`,
		`6:23: advice: unsafeNullOrigin: allows everyone, for any site can make a page of the origin null`}},
	{"insecure origin", minimal + "policies:\n  a:\n    origins: [https://a.example, 'http://b.example']\n    credentials: true\n", []string{
		`6:34: origins: "http://b.example" with credentials lets whoever is on the network between act as the user; if that must be, set unsafeInsecureOrigins; write https://b.example`}},
	{"origin with path", minimal + "policies:\n  a:\n    origins:\n      - https://a.example\n      - https://B.example/\n", []string{
		`8:9: origins: "https://B.example/" goes on after the host and port; an origin ends there, without even a slash; write https://b.example`}},
	{"headers", minimal + "policies:\n  a:\n    origins: [https://a.example]\n    requestHeaders: ['*', X-A, Cookie]\n    responseHeaders: [Set-Cookie]\n    methods: [patch, 'PUT,']\n", []string{
		`6:5: advice: maxAge: is not set: browsers keep a preflight for 5 seconds only, and ask again after that; write 2h0m0s`,
		`7:22: advice: requestHeaders: "*" does not cover Authorization, which has to be listed beside it if pages send it`,
		`7:27: requestHeaders: "x-a" is allowed by "*" already; only Authorization is not, and can stand beside it`,
		`7:32: requestHeaders: "Cookie" is a header that browsers let no script set; it needs no permission`,
		`8:23: responseHeaders: "Set-Cookie" is a header that browsers show no script`,
		`9:15: advice: methods: "patch" is in lower case: methods are case-sensitive, and browsers send this one as the page writes it; write PATCH`,
		`9:22: methods: "PUT," is not a method; write PUT`}},
	{"in shadow", strings.Replace(minimal, "policy: none", "policy: none, shadow: {origins: [https://A.example]}", 1), []string{
		`3:73: origins: "https://A.example" has upper case in its host; browsers send lower case; write https://a.example`}},
	{"advice", minimal + "policies:\n  a:\n    origins: [https://a.example]\n    methods: [GET, PUT]\n    maxAge: 12h\n", []string{
		`6:5: advice: no route uses the policy "a"`,
		`7:15: advice: methods: "GET" needs no permission, so it need not be listed`,
		`8:13: advice: maxAge: "12h0m0s" is shortened to 2 hours by Chromium and to 10 minutes by WebKit; Firefox keeps up to 24 hours`}},
}

func said(problems Problems) (lines []string) {
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	return lines
}

func TestBroken(t *testing.T) {
	for _, test := range broken {
		t.Run(test.name, func(t *testing.T) {
			file, problems := Parse([]byte(test.file), lookup)
			if got := said(problems); !slices.Equal(got, test.want) {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", test.file, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if (file == nil) != (len(problems.Errors()) > 0) {
				t.Errorf("file %v with %d errors", file, len(problems.Errors()))
			}
		})
	}
}
