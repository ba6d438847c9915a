// Command connect is a Connect service, which also speaks gRPC-Web, for a site
// at another origin.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"crossorigin.dev/cors"
)

func main() {
	handler, err := newHandler()
	if err != nil {
		log.Fatal(err)
	}
	server := http.Server{Addr: "localhost:9000", Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// describe is the procedure's path. A service of your own has generated code
// for all this; here messages that come with protobuf will do.
const describe = "/items.v1.ItemService/Describe"

func newHandler() (http.Handler, error) {
	mux := http.NewServeMux()
	mux.Handle(describe, connect.NewUnaryHandler(describe,
		func(_ context.Context, r *connect.Request[wrapperspb.StringValue]) (*connect.Response[wrapperspb.StringValue], error) {
			response := connect.NewResponse(wrapperspb.String("item " + r.Msg.GetValue()))
			response.Header().Set("Item-Revision", "7")
			return response, nil
		},
		connect.WithInterceptors(authenticate())))

	m, err := cors.New(cors.Policy{
		Origins: []string{"https://app.example.com", "http://localhost:8000"},
		// What the clients of both protocols send beyond the safelisted
		// headers. Calls are POSTs, so no method has to be listed.
		RequestHeaders: []string{
			"Authorization", "Content-Type",
			"Connect-Protocol-Version", "Connect-Timeout-Ms", // Connect
			"Grpc-Timeout", "X-Grpc-Web", "X-User-Agent", // gRPC-Web
		},
		// What a script has to read: gRPC-Web's status may be in the headers,
		// and so is metadata of one's own.
		ResponseHeaders: []string{"Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin", "Item-Revision"},
		MaxAge:          2 * time.Hour,
	})
	if err != nil {
		return nil, err
	}
	return m.Handler(mux), nil
}

// authenticate is an interceptor, which runs behind the CORS middleware: a
// refusal is readable, and a preflight, which has no token, never comes here.
func authenticate() connect.UnaryInterceptorFunc {
	return func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
			if r.Header().Get("Authorization") != "Bearer secret" {
				return nil, connect.NewError(connect.CodeUnauthenticated, errors.New("who are you?"))
			}
			return next(ctx, r)
		}
	}
}
