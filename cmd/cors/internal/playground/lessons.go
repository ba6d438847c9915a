package playground

import "crossorigin.dev/browser"

// lessons is the path, in its order. To add a lesson, add an entry here and its
// prose to assets/prose.html; what it asks of the API is in api.go.
var lessons = []lesson{
	{
		ID: "origin", Part: "Two origins", Title: "What an origin is",
		Short:    "Scheme, host and port. The same server by another name is another origin.",
		Question: "The page asks the same server for the same file, but by its other name, 127.0.0.1. What will the browser do?",
		Asked:    1,
		Steps: []step{
			{Title: "By the page’s own name", To: toSite, Path: "/hello", Ends: endsRead},
			{Title: "By the other name", To: toSiteAlias, Path: "/hello", Ends: endsHidden},
		},
	},
	{
		ID: "same-origin-policy", Title: "The same-origin policy",
		Short:    "A page may show what another origin has, and send to it, but not read it.",
		Question: "The picture is on this page. Now a script fetches the same picture, to read it. What will the browser do?",
		Asked:    1,
		Steps: []step{
			{Title: "Show it", Path: "/picture", Image: true, Ends: endsHidden},
			{Title: "Read it", Path: "/picture", Ends: endsHidden},
		},
	},
	{
		ID: "simple-request", Part: "Reading", Title: "A request that is granted",
		Short:    "One header of the answer opens it to the page.",
		Question: "The API grants this page’s origin. What will the browser do?",
		Steps:    []step{{Title: "Read the note", Path: "/note", Ends: endsRead}},
	},
	{
		ID: "blocked", Title: "Sent, answered, hidden",
		Short:    "A blocked request was not stopped: its answer was kept from the page.",
		Question: "The API grants another origin, not this one. What will the browser do?",
		Steps:    []step{{Title: "Read the votes", Path: "/votes", Ends: endsHidden}},
	},
	{
		ID: "preflight", Part: "Asking first", Title: "The preflight",
		Short:    "What no HTML form could send needs permission beforehand.",
		Question: "A PUT with JSON. The API’s policy lists both. What will the browser do?",
		Steps: []step{{Title: "Replace the note", Method: "PUT", Path: "/note",
			Header: []browser.Field{{Name: "Content-Type", Value: "application/json"}}, Body: `{"text":"Buy oat milk"}`, Ends: endsAskedRead}},
	},
	{
		ID: "refused", Title: "The preflight refused",
		Short:    "Without permission the request itself never leaves the browser.",
		Question: "A DELETE, which the policy does not list. What will the browser do?",
		Steps:    []step{{Title: "Delete the note", Method: "DELETE", Path: "/note", Ends: endsRefused}},
	},
	{
		ID: "post", Title: "Why a POST is not asked about",
		Short:    "CORS guards what is read, not what is done: a server must guard its data itself.",
		Question: "A POST of plain text. The API grants this page nothing. What will the browser do?",
		Steps: []step{{Title: "Vote", Method: "POST", Path: "/votes",
			Header: []browser.Field{{Name: "Content-Type", Value: "text/plain"}}, Body: "yes", Ends: endsHidden}},
	},
	{
		ID: "credentials", Part: "Cookies and headers", Title: "Credentials",
		Short:    "Cookies travel to another origin only if both sides say so.",
		Question: "The page has signed in, and the API has set a cookie. Now the page asks with a plain fetch(url). Who does the API think is asking?",
		Asked:    1,
		Choices: []guess{
			{"cookie", "Ada: the browser sends her cookie"},
			{"none", "Nobody: the browser leaves the cookie out"},
			{"withheld", "Ada, but the page may not read the answer"},
		},
		Key: func(s seen) string {
			switch {
			case s.Status == 0:
				return "withheld"
			case s.Cookie:
				return "cookie"
			}
			return "none"
		},
		Steps: []step{
			{Title: "Sign in", Method: "POST", Path: "/session", Credentials: browser.CredentialsInclude, Ends: endsRead},
			{Title: "Who am I?", Path: "/session", Ends: endsRead},
			{Title: "Who am I, with credentials?", Path: "/session", Credentials: browser.CredentialsInclude, Ends: endsRead},
		},
	},
	{
		ID: "wildcard", Title: "The star and the cookie",
		Short:    "“*” means everyone who comes without credentials.",
		Question: "The API grants everyone: Access-Control-Allow-Origin: *. The page asks with credentials. What will the browser do?",
		Asked:    1,
		Steps: []step{
			{Title: "Without credentials", Path: "/weather", Ends: endsRead},
			{Title: "With credentials", Path: "/weather", Credentials: browser.CredentialsInclude, Ends: endsHidden},
		},
	},
	{
		ID: "exposed-headers", Title: "Exposed headers",
		Short:    "Reading the answer does not mean reading its headers.",
		Question: "The answer carries X-Total-Count and X-Rate-Limit-Left, and the policy exposes the first. Which can the script read?",
		Choices: []guess{
			{"both", "Both: the origin is granted"},
			{"listed", "X-Total-Count only"},
			{"none", "Neither"},
		},
		Key: func(s seen) string {
			switch total, left := s.reads("x-total-count"), s.reads("x-rate-limit-left"); {
			case total && left:
				return "both"
			case total:
				return "listed"
			}
			return "none"
		},
		Steps: []step{{Title: "Read the orders", Path: "/orders", Ends: endsRead}},
	},
	{
		ID: "preflight-cache", Part: "Memory and movement", Title: "The preflight cache",
		Short:    "A permission is remembered for as long as the server says.",
		Question: "The first PUT was preflighted, and the answer said Access-Control-Max-Age: 60. Now the page sends the same PUT again. What will the browser do?",
		Asked:    1,
		Steps: []step{
			{Title: "Save the draft", Method: "PUT", Path: "/draft", Ends: endsAskedRead},
			{Title: "Save it again", Method: "PUT", Path: "/draft", Ends: endsRead},
			{Title: "Save another", Method: "PUT", Path: "/draft/2", Ends: endsAskedRead},
		},
	},
	{
		ID: "redirects", Title: "Redirects",
		Short:    "Every hop must grant; a second origin on the way makes the page’s own unknown.",
		Question: "Now the API redirects to the note by its other name, 127.0.0.1: a third origin. The note’s policy grants this page. What will the browser do?",
		Asked:    1,
		Steps: []step{
			{Title: "On the same server", Path: "/moved", Ends: endsRead},
			{Title: "By another name", Path: "/away", Ends: endsHidden},
		},
	},
	{
		ID: "null", Title: "The origin null",
		Short:    "Some pages have an origin that equals no other, and is sent as “null”.",
		Question: "The request now comes from a sandboxed frame within this page. The API grants this page’s origin. What will the browser do?",
		Steps: []step{
			{Title: "Read the note from a sandboxed frame", From: fromNull, Path: "/note", Ends: endsHidden},
			{Title: "Read the weather, which everyone may", From: fromNull, Path: "/weather", Ends: endsRead},
		},
	},
	{
		ID: "no-cors", Part: "Two traps", Title: "no-cors is not “without CORS”",
		Short:    "It makes the error go away, and the answer with it.",
		Question: "The votes again, which this page may not read, but with mode: \"no-cors\". What does the script get?",
		Choices: []guess{
			{"cors", "The votes"},
			{"opaque", "A response with nothing in it: no status, no headers, no body"},
			{"error", "A TypeError"},
		},
		Key: func(s seen) string {
			switch {
			case s.Type == "":
				return "error"
			case s.Status == 0:
				return "opaque"
			}
			return "cors"
		},
		Steps: []step{{Title: "Read the votes", Path: "/votes", Mode: browser.ModeNoCORS, Ends: endsHidden}},
	},
	{
		ID: "vary", Title: "Vary and caches",
		Short:    "An answer that was kept for one request may not do for another.",
		Question: "The chart came into the browser’s cache with a request without an Origin, so without Access-Control-Allow-Origin. Now a script fetches it, and the API would grant it. What will the browser do?",
		Asked:    1,
		Choices: []guess{
			{endsRead, "It asks the API again, and the page reads the chart"},
			{endsCached, "It takes the chart from its cache, and the page reads it"},
			{endsUnsent, "It takes the chart from its cache, and keeps it from the page"},
		},
		Steps: []step{
			{Title: "Load the chart as an <img> would", Path: "/chart", Mode: browser.ModeNoCORS, Ends: endsHidden},
			{Title: "Fetch it", Path: "/chart", Ends: endsUnsent},
			{Title: "Load a chart that says Vary: Origin", Path: "/chart-vary", Mode: browser.ModeNoCORS, Ends: endsHidden},
			{Title: "Fetch that one", Path: "/chart-vary", Ends: endsRead},
		},
	},
}
