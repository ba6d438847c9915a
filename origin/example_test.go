package origin_test

import (
	"fmt"

	"crossorigin.dev/origin"
)

func ExampleParse() {
	o, err := origin.Parse("https://app.example.com:8443")
	fmt.Println(o.Scheme(), o.Host(), o.Port(), err)

	_, err = origin.Parse("https://app.example.com/")
	fmt.Println(err)
	// Output:
	// https app.example.com 8443 <nil>
	// origin: "https://app.example.com/" goes on after the host and port; an origin ends there, without even a slash
}

func ExampleOfURL() {
	for _, url := range []string{"HTTPS://App.Example.com:443/index.html", "tauri://localhost/index.html", "file:///home/me/page.html"} {
		o, err := origin.OfURL(url)
		fmt.Println(o, err)
	}
	// Output:
	// https://app.example.com <nil>
	// tauri://localhost <nil>
	// null <nil>
}

func ExampleSameSite() {
	app, _ := origin.Parse("https://app.example.com")
	api, _ := origin.Parse("https://api.example.com:8443")
	fmt.Println("same origin:", origin.SameOrigin(app, api))
	fmt.Println("same site:", origin.SameSite(app, api))
	// Output:
	// same origin: false
	// same site: true
}

func ExampleOrigin_IsSubdomainOf() {
	for _, s := range []string{"https://shop.example.com", "https://example.com", "https://evilexample.com"} {
		o, _ := origin.Parse(s)
		fmt.Println(o, o.IsSubdomainOf("example.com"))
	}
	// Output:
	// https://shop.example.com true
	// https://example.com false
	// https://evilexample.com false
}

func ExampleParsePattern() {
	_, err := origin.ParsePattern("HTTPS://*.Example.com:443/")
	fmt.Println(err)
	p, err := origin.ParsePattern("https://*.example.com:*")
	fmt.Println(p.Scheme(), p.Host(), p.Port(), p.Subdomains(), err)
	// Output:
	// origin: "HTTPS://*.Example.com:443/" has a scheme that does not begin with a lower-case letter; write "https://*.example.com"
	// https example.com * true <nil>
}

func ExampleSet() {
	var patterns []origin.Pattern
	for _, s := range []string{"https://example.com", "https://*.example.com", "http://localhost:*"} {
		p, err := origin.ParsePattern(s)
		if err != nil {
			fmt.Println(err)
			return
		}
		patterns = append(patterns, p)
	}
	set := origin.NewSet(patterns...)
	for _, sent := range []string{"https://example.com", "https://a.b.example.com", "http://localhost:8000", "https://evilexample.com", "null"} {
		fmt.Println(sent, set.Contains(sent))
	}
	// Output:
	// https://example.com true
	// https://a.b.example.com true
	// http://localhost:8000 true
	// https://evilexample.com false
	// null false
}
