package browser

import (
	"slices"
	"testing"
)

// TestMergedHeaders holds what was measured of headersMerged.
func TestMergedHeaders(t *testing.T) {
	const typ = "Content-Type"
	tests := []struct {
		list, want headerList
		hasBody    bool
	}{
		{list: headerList{{"X-A", "1"}, {"x-a", "2"}}, want: headerList{{"X-A", "1, 2"}}},
		{list: headerList{{"X-A", "1"}, {"x-a", ""}}, want: headerList{{"X-A", ""}}},
		{list: headerList{{"X-A", ""}, {"x-a", ""}, {"X-A", "2"}}, want: headerList{{"X-A", "2"}}},
		{list: headerList{{typ, "text/plain"}, {typ, "text/html"}}, want: headerList{{typ, "text/html"}}},
		{list: headerList{{typ, "text/plain"}, {typ, "text/html"}}, hasBody: true, want: headerList{{typ, "text/plain"}}},
		{list: headerList{{typ, ""}, {typ, "text/html"}}, hasBody: true, want: headerList{{typ, ""}}},
		{list: headerList{{"Authorization", "a"}, {"Authorization", "b"}}, want: headerList{{"Authorization", "b"}}},
		{list: headerList{{"User-Agent", "a"}, {"User-Agent", "b"}}, want: headerList{{"User-Agent", "b"}}},
	}
	for _, tt := range tests {
		if got := tt.list.merged(tt.hasBody); !slices.Equal(got, tt.want) {
			t.Errorf("%v, body %v: %v, want %v", tt.list, tt.hasBody, got, tt.want)
		}
	}
}

// TestArrivedHeaders holds what was measured of headersJoinedOnArrival.
func TestArrivedHeaders(t *testing.T) {
	const origin, credentials = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
	tests := []struct{ list, http1, http2 headerList }{
		{headerList{{"X-A", ""}}, headerList{{"X-A", ""}}, headerList{{"X-A", ""}}},
		{headerList{{credentials, "true"}, {credentials, ""}}, headerList{{credentials, "true"}}, headerList{{credentials, "true"}}},
		{headerList{{origin, "*"}, {origin, "*"}}, headerList{{origin, "*"}, {origin, "*"}}, headerList{{origin, "*, *"}}},
		{headerList{{origin, "*"}, {"X-A", "1"}, {origin, ""}}, headerList{{origin, "*"}, {"X-A", "1"}, {origin, ""}}, headerList{{origin, "*"}, {"X-A", "1"}}},
		{headerList{{origin, "a,"}}, headerList{{origin, "a,"}}, headerList{{origin, "a,"}}},
		{headerList{{origin, ""}, {origin, ""}}, headerList{{origin, ""}, {origin, ""}}, headerList{{origin, ""}}},
	}
	for _, tt := range tests {
		if got := tt.list.arrived(true); !slices.Equal(got, tt.http1) {
			t.Errorf("%v over HTTP/1.1: %v, want %v", tt.list, got, tt.http1)
		}
		if got := tt.list.arrived(false); !slices.Equal(got, tt.http2) {
			t.Errorf("%v over HTTP/2: %v, want %v", tt.list, got, tt.http2)
		}
	}
}
