package playground

import (
	"net/url"
	"strings"
	"testing"
)

func TestStateRoundTrip(t *testing.T) {
	full := newState()
	for _, f := range full.fields() {
		switch {
		case f.flag != nil:
			*f.flag = true
		case f.choices != nil:
			*f.text = f.choices[len(f.choices)-1].Value
		case f.most < 100:
			*f.text = "1&=é"[:min(5, f.most)]
		default:
			*f.text = "X-A: 1\nX-B: a&b=c +%é"
		}
	}
	full.Hops[maxHops-1].Next = ""
	for name, s := range map[string]state{"new": newState(), "full": full} {
		got, err := decode(s.encode())
		if err != nil || got != s {
			t.Errorf("%s: %s\ngave %+v, %v\nfrom %+v", name, s.encode(), got, err, s)
		}
	}
	if got := newState().encode(); got != "v=1" {
		t.Errorf("a new state's address is %s", got)
	}
}

// TestStateIsShort: what no redirect leads to is no part of a link.
func TestStateIsShort(t *testing.T) {
	s := newState()
	s.Hops[2].Response.Lines = "X-Unreached: 1"
	if got := s.encode(); got != "v=1" {
		t.Errorf("the address is %s", got)
	}
}

func TestStateFromAForm(t *testing.T) {
	got, err := decode("v=1&method=PUT&headers=X-A%3A+1%0D%0AX-B%3A+2&p3h=unreached&grant=1")
	want := newState()
	want.Method, want.Headers, want.Policy.Credentials = "PUT", "X-A: 1\nX-B: 2", true
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestStateHostile(t *testing.T) {
	for query, want := range map[string]string{
		"method=GET":                            `the address is of another version of the lab: it says v="", and this one reads v=1`,
		"v=2":                                   `it says v="2", and this one reads v=1`,
		"v=1&v=1":                               `it says v="1,1"`,
		"v=1&method=GET&method=PUT":             `the address has method twice`,
		"v=1&evil=1":                            `the address has the parameter "evil", which means nothing here`,
		"v=1&mode=navigate":                     `mode in the address is "navigate"; write cors, no-cors, same-origin`,
		"v=1&grant=yes":                         `grant in the address is "yes", and can only be 1 or left out`,
		"v=1&headers=%00":                       `headers in the address holds a character that no text has`,
		"v=1&headers=%ff":                       `headers in the address holds a character that no text has`,
		"v=1&headers=a%0Db":                     `headers in the address holds a character that no text has`,
		"v=1&r0h=%zz":                           `the address is broken: URL escape "%zz"`,
		"v=1&method=" + strings.Repeat("A", 33): `method in the address is 33 bytes long, and may be 32`,
		"v=1&headers=" + strings.Repeat("%0A", maxLines):    `headers in the address has more than 24 lines`,
		"v=1&body=" + strings.Repeat("x", 2*maxStateLength): `bytes long, and no experiment needs more than 6144`,
		"v=1&headers=" + strings.Repeat("%C3%A9", 500) + "&body=" + strings.Repeat("é", 500) + "&methods=" + strings.Repeat("é", 500): `the experiment takes an address of`,
		"v=1&" + strings.Repeat("z", 100) + "=1": `the address has the parameter "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz…", which`,
	} {
		got, err := decode(query)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %s", query, err, want)
		}
		if got != newState() {
			t.Errorf("%.60s leaves something behind", query)
		}
	}
}

func TestFaults(t *testing.T) {
	for query, want := range map[string]fault{
		"headers=no+colon":                              {"headers", `"no colon" has no colon: write “Name: value”.`},
		"headers=a+b%3A+c":                              {"headers", `"a b" is no name of a header: write letters, digits and -.`},
		"r0h=X%3A+%E2%82%AC":                            {"r0h", `X: '€' cannot be in a header, where a character is one byte.`},
		"r0h=location%3A+https%3A%2F%2Fevil.example":    {"r0h", "Location is written by the field “A status of 3xx redirects to”, which leads to the lab’s own servers only."},
		"p0h=Content-Length%3A+9999":                    {"p0h", "Content-Length is written by the lab's server itself."},
		"r0h=clear-site-data%3A+%22*%22":                {"r0h", "Clear-Site-Data makes a browser do more than answer this call, so it stays out of the lab."},
		"r0h=Set-Cookie%3A+a%3Db%3B+Domain%3Dlocalhost": {"r0h", "Set-Cookie: leave domain out, since a cookie of the lab is for the one experiment only."},
		"r0s=99":                    {"r0s", `"99" is no status: write 200 to 599, or close to hang up without an answer.`},
		"r0s=+200":                  {"r0s", `" 200" is no status: write 200 to 599, or close to hang up without an answer.`},
		"p0s=101":                   {"p0s", `"101" is no status: write 200 to 599, or close to hang up without an answer.`},
		"mode=websocket&method=PUT": {"mode", "A script cannot choose the method, headers or body of a WebSocket: write GET, no headers, and the body none."},
		"to=own&page=null":          {"to", "Only a page of the site itself can call this here: choose the first one."},
		"server=policy":             {"origins", "Origins: names no origin, and there is no AllowOrigin, so nobody would be allowed; write https://app.example.com."},
		"server=policy&origins=https%3A%2F%2Fa.example%2F": {"origins", `Origins: "https://a.example/" goes on after the host and port; an origin ends there, without even a slash; write https://a.example.`},
		"server=policy&origins=*&maxage=soon":              {"maxage", `"soon" is no number of seconds: write 600, say.`},
	} {
		s, err := decode("v=1&" + query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		faults := s.faults()
		if len(faults) != 1 || faults[0] != want {
			t.Errorf("%s: %q, want %q", query, faults, want)
		}
	}
}

// TestNoFault: what is wrong as HTTP or fetch() has it is for the browser to say.
func TestNoFault(t *testing.T) {
	for _, query := range []string{
		"method=CONNECT", "method=a+b", "headers=Cookie%3A+a", "r0h=access-control-allow-origin%3A",
		"r0h=X-Raw%3A+%C3%A9%C2%80", "r0s=close", "r0h=Set-Cookie%3A+a%3Db%3B+SameSite%3DNone", "kind=text&body=x",
		"mode=websocket", "mode=websocket&r0s=403&page=null",
	} {
		s, err := decode("v=1&" + query)
		if err != nil || len(s.faults()) > 0 {
			t.Errorf("%s: %v, %q", query, err, s.faults())
		}
	}
}

func TestHeld(t *testing.T) {
	for query, held := range map[string]bool{
		"":                    false,
		"page=null":           false,
		"page=alias&to=alias": false,
		"page=file":           true,
		"page=https":          true,
		"to=plain":            true,
		"r0s=401&r0h=WWW-Authenticate%3A+bAsic+realm%3Dx":    true,
		"r0s=401&r0h=WWW-Authenticate%3A+Bearer":             false,
		"r0s=401&r0h=WWW-Authenticate%3A+Bearer%2C+Basic":    true,
		"r0s=401&r0h=WWW-Authenticate%3A+Digest%09realm%3Dx": true,
		"r0to=api&r1s=401&r1h=WWW-Authenticate%3A+Negotiate": true,
		"p0s=401&p0h=WWW-Authenticate%3A+Basic":              false,
	} {
		s, err := decode("v=1&" + query)
		if err != nil || (s.held() != "") != held {
			t.Errorf("%s: held %q, %v", query, s.held(), err)
		}
	}
}

// bare is a playground that does not listen.
var bare = &Playground{
	site: &endpoint{authority: "localhost:8000", aliases: []string{"127.0.0.1:8000"}},
	api:  &endpoint{authority: "localhost:9000", aliases: []string{"127.0.0.1:9000"}},
}

func FuzzState(f *testing.F) {
	f.Add("v=1")
	f.Add("v=1&page=null&method=PUT&headers=X-A%3A+1&r0h=Access-Control-Allow-Origin%3A+*&r0to=api&r1s=close")
	f.Add("v=1&server=policy&origins=*&grant=1&maxage=-1&p0s=&headers=%0d%0a")
	f.Fuzz(func(t *testing.T, query string) {
		s, err := decode(query)
		if err != nil {
			if len(err.Error()) > 400 || s != newState() {
				t.Errorf("%q: %v leaves %+v", query, err, s)
			}
			return
		}
		short := s.encode()
		again, err := decode(short)
		if err != nil || again != s || again.encode() != short {
			t.Errorf("%q became %q, then %+v, %v", query, short, again, err)
		}
		if _, err := url.ParseQuery(short); err != nil || len(short) > maxStateLength {
			t.Errorf("%q: %d bytes, %v", short, len(short), err)
		}
		s.held()
		for _, fault := range s.faults() {
			if fault.Say == "" || fault.Field == "" {
				t.Errorf("%q: a fault that says nothing: %+v", query, fault)
			}
		}
		if _, err := s.handler(bare, ""); err != nil && len(s.faults()) == 0 {
			t.Errorf("%q has no fault, and no handler: %v", query, err)
		}
	})
}
