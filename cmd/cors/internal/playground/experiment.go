package playground

import "net/http"

// experimentRoutes adds what Experiment serves on the site.
func (s *site) experimentRoutes(mux *http.ServeMux) {}
