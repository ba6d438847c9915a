package browser

// A rule is one decision of the standard's algorithm. Its name is stable and
// appears in traces; its id is that of the checklist in docs/browser.md.
type rule struct {
	name    string
	id      string
	phase   Phase
	section string
}

const fetchStandard = "https://fetch.spec.whatwg.org/#"

// The rules, in the order of the algorithm.
var (
	// The Request constructor.
	ruleURL            = &rule{"construct.url", "R-10", PhaseConstruct, fetchStandard + "dom-request"}
	ruleMethod         = &rule{"construct.method", "R-14", PhaseConstruct, fetchStandard + "concept-method-normalize"}
	ruleInit           = &rule{"construct.init", "R-10", PhaseConstruct, fetchStandard + "dom-request"}
	ruleHeaderSyntax   = &rule{"construct.header-syntax", "R-20", PhaseConstruct, fetchStandard + "concept-header"}
	ruleHeaderGuard    = &rule{"construct.header-guard", "R-22", PhaseConstruct, fetchStandard + "headers-validate"}
	ruleNoCORSMethod   = &rule{"construct.no-cors-method", "R-10", PhaseConstruct, fetchStandard + "dom-request"}
	ruleBodyType       = &rule{"construct.body-type", "R-28", PhaseConstruct, fetchStandard + "concept-bodyinit-extract"}
	ruleBodyWithMethod = &rule{"construct.body", "R-10", PhaseConstruct, fetchStandard + "dom-request"}

	// Main fetch.
	rulePort             = &rule{"main.port", "", PhaseMain, fetchStandard + "port-blocking"}
	ruleMixedContent     = &rule{"main.mixed-content", "", PhaseMain, "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch"}
	ruleUsePreflight     = &rule{"main.use-preflight", "R-12", PhaseMain, fetchStandard + "use-cors-preflight-flag"}
	ruleDataURL          = &rule{"main.data-url", "R-07", PhaseMain, fetchStandard + "data-url-processor"}
	ruleBlobURL          = &rule{"main.blob-url", "R-07", PhaseMain, fetchStandard + "scheme-fetch"}
	ruleOrigins          = &rule{"main.origins", "R-01", PhaseMain, fetchStandard + "main-fetch"}
	ruleSameOrigin       = &rule{"main.same-origin", "R-41", PhaseMain, fetchStandard + "main-fetch"}
	ruleModeSameOrigin   = &rule{"main.mode-same-origin", "R-42", PhaseMain, fetchStandard + "main-fetch"}
	ruleModeNoCORS       = &rule{"main.mode-no-cors", "R-43", PhaseMain, fetchStandard + "main-fetch"}
	ruleScheme           = &rule{"main.scheme", "R-44", PhaseMain, fetchStandard + "main-fetch"}
	ruleNeedsPreflight   = &rule{"main.preflight", "R-45", PhaseMain, fetchStandard + "main-fetch"}
	ruleNeedsNoPreflight = &rule{"main.no-preflight", "R-46", PhaseMain, fetchStandard + "main-fetch"}

	// The preflight cache.
	ruleCacheLookup = &rule{"cache.lookup", "R-50", PhaseCache, fetchStandard + "concept-cache-match"}
	ruleCacheStore  = &rule{"cache.store", "R-98", PhaseCache, fetchStandard + "concept-cache-create-entry"}
	ruleCacheClear  = &rule{"cache.clear", "R-45", PhaseCache, fetchStandard + "concept-cache-clear"}

	// The preflight.
	rulePreflightRequest       = &rule{"preflight.request", "R-90", PhasePreflight, fetchStandard + "cors-preflight-fetch-0"}
	rulePreflightStatus        = &rule{"preflight.status", "R-91", PhasePreflight, fetchStandard + "cors-preflight-fetch-0"}
	rulePreflightParse         = &rule{"preflight.parse", "R-92", PhasePreflight, fetchStandard + "extract-header-list-values"}
	rulePreflightMethodImplied = &rule{"preflight.method-implied", "R-93", PhasePreflight, fetchStandard + "cors-preflight-fetch-0"}
	rulePreflightMethod        = &rule{"preflight.method", "R-94", PhasePreflight, fetchStandard + "cors-preflight-fetch-0"}
	rulePreflightAuthorization = &rule{"preflight.authorization", "R-95", PhasePreflight, fetchStandard + "cors-non-wildcard-request-header-name"}
	rulePreflightHeader        = &rule{"preflight.header", "R-96", PhasePreflight, fetchStandard + "cors-preflight-fetch-0"}
	rulePreflightMaxAge        = &rule{"preflight.max-age", "R-97", PhasePreflight, fetchStandard + "http-access-control-max-age"}

	// The network.
	ruleCredentials  = &rule{"network.credentials", "R-70", PhaseNetwork, fetchStandard + "http-network-or-cache-fetch"}
	ruleOriginHeader = &rule{"network.origin-header", "R-80", PhaseNetwork, fetchStandard + "append-a-request-origin-header"}
	ruleReferer      = &rule{"network.referer", "R-73", PhaseNetwork, fetchStandard + "http-network-or-cache-fetch"}
	ruleCookieSend   = &rule{"network.cookie-send", "R-75", PhaseNetwork, fetchStandard + "append-a-request-cookie-header"}
	ruleCookieStore  = &rule{"network.cookie-store", "R-75", PhaseNetwork, fetchStandard + "parse-and-store-response-set-cookie-headers"}
	ruleKeepalive    = &rule{"network.keepalive", "R-72", PhaseNetwork, fetchStandard + "http-network-or-cache-fetch"}
	ruleHTTPCache    = &rule{"network.http-cache", "R-76", PhaseNetwork, fetchStandard + "http-cache-partitions"}
	ruleStream       = &rule{"network.stream", "R-78", PhaseNetwork, fetchStandard + "http-network-fetch"}
	ruleLogin        = &rule{"network.login", "R-77", PhaseNetwork, fetchStandard + "http-network-or-cache-fetch"}
	ruleLocalNetwork = &rule{"network.local-network-access", "", PhaseNetwork, "https://wicg.github.io/local-network-access/#local-network-access-check"}
	ruleExchange     = &rule{"network.exchange", "", PhaseNetwork, fetchStandard + "http-network-fetch"}
	// A 421, and what browsers take for one.
	ruleNewConnection = &rule{"network.new-connection", "", PhaseNetwork, fetchStandard + "http-network-or-cache-fetch"}
	ruleBody          = &rule{"network.body", "", PhaseNetwork, fetchStandard + "http-network-fetch"}

	// The CORS check, of a preflight's response and of the response itself.
	ruleCORSCheckOrigin      = &rule{"cors-check.allow-origin", "R-100", PhaseCORSCheck, fetchStandard + "concept-cors-check"}
	ruleCORSCheckCredentials = &rule{"cors-check.allow-credentials", "R-100", PhaseCORSCheck, fetchStandard + "concept-cors-check"}

	// The other checks of a response.
	ruleTiming   = &rule{"response.timing", "R-52", PhaseNetwork, fetchStandard + "concept-tao-check"}
	ruleCORP     = &rule{"response.corp", "R-53", PhaseNetwork, fetchStandard + "cross-origin-resource-policy-check"}
	ruleMIMEType = &rule{"response.mime-type", "", PhaseFilter, fetchStandard + "should-response-to-request-be-blocked-due-to-mime-type"}
	ruleNosniff  = &rule{"response.nosniff", "", PhaseFilter, fetchStandard + "x-content-type-options-header"}

	// Redirects.
	ruleRedirectMode     = &rule{"redirect.mode", "R-54", PhaseRedirect, fetchStandard + "concept-http-fetch"}
	ruleRedirectLocation = &rule{"redirect.location", "R-60", PhaseRedirect, fetchStandard + "concept-response-location-url"}
	ruleRedirectCount    = &rule{"redirect.count", "R-61", PhaseRedirect, fetchStandard + "http-redirect-fetch"}
	ruleRedirectUserinfo = &rule{"redirect.userinfo", "R-63", PhaseRedirect, fetchStandard + "http-redirect-fetch"}
	ruleRedirectBody     = &rule{"redirect.body", "R-64", PhaseRedirect, fetchStandard + "http-redirect-fetch"}
	ruleRedirectMethod   = &rule{"redirect.method", "R-65", PhaseRedirect, fetchStandard + "http-redirect-fetch"}
	ruleRedirectHeaders  = &rule{"redirect.authorization", "R-66", PhaseRedirect, fetchStandard + "http-redirect-fetch"}
	ruleRedirectFollow   = &rule{"redirect.follow", "R-67", PhaseRedirect, fetchStandard + "http-redirect-fetch"}
	ruleRedirectTaint    = &rule{"redirect.taint", "R-04", PhaseRedirect, fetchStandard + "concept-request-tainted-origin"}

	// What the script sees.
	ruleWebSocket = &rule{"filter.websocket", "", PhaseFilter, "https://websockets.spec.whatwg.org/#concept-websocket-establish"}
	ruleFilter    = &rule{"filter.type", "", PhaseFilter, fetchStandard + "concept-filtered-response"}
	ruleExpose    = &rule{"filter.expose", "", PhaseFilter, fetchStandard + "http-access-control-expose-headers"}
)
