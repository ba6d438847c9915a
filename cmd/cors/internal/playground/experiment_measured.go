package playground

// A measurement is what a browser did, where the lab cannot let the reader's.
type measurement struct {
	Browser string // with its version
	Did     string // in sentences: what was opened, what it called, what its script got
	Console string // what the developer tools printed; empty: nothing
}

// measured are the measurements by the IDs of presets: headless, on loopback,
// 22 November 2026.
var measured = map[string][]measurement{
	"null-origin/file": {
		{"Chromium 156.0.8078", "file:///tmp/page.html called an API that allows http://localhost:8000. It sent Origin: null, and the script got TypeError: Failed to fetch.",
			"Access to fetch at 'http://localhost:9000/items' from origin 'null' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value 'http://localhost:8000' that is not equal to the supplied origin. Have the server send the header with a valid value."},
		{"Firefox 153.7.0", "The same page sent Origin: null too, and its script got TypeError: NetworkError when attempting to fetch resource.",
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://localhost:9000/items. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘http://localhost:8000’)."},
	},
	"mixed-content": {
		{"Chromium 156.0.8078", "https://app.test called http://api.test. Nothing was sent, and the script got TypeError: Failed to fetch.",
			"Mixed Content: The page at 'https://app.test/' was loaded over HTTPS, but requested an insecure resource 'http://api.test/items'. This request has been blocked; the content must be served over HTTPS."},
		{"Firefox 153.7.0", "The same: nothing was sent, and the script got TypeError: NetworkError when attempting to fetch resource.",
			"Blocked loading mixed active content “http://api.test/items”"},
	},
	"local-network": {
		{"Chromium 156.0.8078", "A secure page, taken for one of a public address, called an API on this machine that allows everyone. Nobody had been asked for permission; nothing was sent, and the script got TypeError: Failed to fetch.",
			"Access to fetch at 'http://b.test:7001/' from origin 'http://a.test:7000' has been blocked by CORS policy: Permission was denied for this request to access the `loopback` address space."},
	},
	"no-answer/blocker": {
		{"Chromium 156.0.8078", "With an extension that blocks ads.test, a page called http://ads.test. Nothing was sent, and the script got TypeError: Failed to fetch.",
			"Failed to load resource: net::ERR_BLOCKED_BY_CLIENT"},
		{"Firefox 153.7.0", "With the same extension nothing was sent either, and the console took it for CORS. The script got TypeError: NetworkError when attempting to fetch resource.",
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://ads.test/items. (Reason: CORS request did not succeed). Status code: (null)."},
	},
	"login-awaited": {
		{"Firefox 153.7.0", "The API answered 401 with WWW-Authenticate: Basic to a call with credentials. Firefox opened a dialog, and after 16 seconds fetch() was neither done nor failed.", ""},
		{"Chromium 156.0.8078", "It opened a dialog too, and after 16 seconds fetch() was neither done nor failed. In a hidden tab, where it shows no dialog, it gave the script the 401, of type cors.", ""},
		{"WebKitGTK 2.50.6", "The script got the 401, of type cors.", ""},
	},
}
