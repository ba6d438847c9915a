package main

import (
	"maps"
	"net/http"
	"slices"
)

// floor is a contestant that decides nothing: it sends the headers that our
// middleware was seen to send in the row, from one fresh array. What a
// middleware that keeps its slices to itself takes beyond it, it takes to
// decide.
func floor(r row) contestant {
	var reached bool
	seen := platforms[0].contestants[1].build(r.config, &reached)(r.request)
	seen.serve()
	answer := seen.answer()
	names := slices.Sorted(maps.Keys(answer.header))
	var values []string
	for _, name := range names {
		values = append(values, answer.header.Get(name))
	}
	return contestant{name: "floor", build: func(_ config, mark *bool) server {
		next := nothing(mark)
		return serveHTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if len(names) > 0 {
				header, fresh := w.Header(), slices.Clone(values)
				for i, name := range names {
					header[name] = fresh[i : i+1 : i+1]
				}
			}
			if answer.reached {
				next.ServeHTTP(w, r)
			} else {
				w.WriteHeader(answer.status)
			}
		}), mark)
	}}
}
