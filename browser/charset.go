package browser

import (
	"regexp"
	"slices"
	"strings"

	"crossorigin.dev/internal/fetchspec"
)

// paramsBodyType is the BodyType of a URLSearchParams.
const paramsBodyType = "application/x-www-form-urlencoded;charset=UTF-8"

// sayUTF8 corrects the charset of an XMLHttpRequest's own Content-Type: text is
// sent as UTF-8. https://xhr.spec.whatwg.org/#the-send()-method
func (f *fetch) sayUTF8() {
	correct := f.charsetCorrection()
	if correct == nil {
		return
	}
	if lines := f.header.lines("Content-Type"); len(lines) > 1 { // https://xhr.spec.whatwg.org/#the-setrequestheader()-method
		joined := Field{"Content-Type", strings.Join(lines, ", ")}
		f.header = append(f.header.withoutNamed(func(name string) bool { return fetchspec.EqualFold(name, "content-type") }), joined)
	}
	for i, h := range f.header {
		if !fetchspec.EqualFold(h.Name, "content-type") {
			continue
		}
		if value := correct(h.Value); value != h.Value {
			f.header = slices.Clone(f.header)
			f.header[i].Value = value
			f.info(ruleBodyType, "The Content-Type is corrected: text is sent as UTF-8.", f.header[i])
		}
	}
}

// charsetCorrection is how a Content-Type is corrected for this body, nil where it
// is left alone.
func (f *fetch) charsetCorrection() func(contentType string) string {
	text, params := f.bodyType == TextBodyType, fetchspec.EqualFold(f.bodyType, paramsBodyType)
	switch placing := charsetInPlace[f.profile()]; {
	case placing == inPlace && (text || params):
		return charsetsSought
	case placing == inPlaceForParams && params:
		return charsetsOfTypes
	case placing == parsedAsWritten && (text || params):
		return charsetsParsed
	case text:
		return func(contentType string) string { return fetchspec.WithCharset(contentType, "UTF-8") }
	}
	return nil
}

// charsetSought is a charset as Chromium seeks one, with its value for a group.
var charsetSought = regexp.MustCompile(`(?i)[ \t;]charset[ \t]*=[ \t"']*([^ \t"';]*)`)

// charsetsSought is Chromium's: it seeks the word, wherever it stands but at the
// very beginning, and takes a comma for a part of the value. It seeks no further
// than to one without a value. Measured: xhr-charset-each and xhr-charset-params.
func charsetsSought(contentType string) string {
	if fetchspec.EqualFold(contentType[:min(len(contentType), len("charset"))], "charset") {
		return contentType
	}
	var b strings.Builder
	done := 0
	for _, at := range charsetSought.FindAllStringSubmatchIndex(contentType, -1) {
		value, end := at[2], at[3]
		if value == end {
			break
		}
		b.WriteString(contentType[done:value] + "UTF-8")
		done = end
	}
	return b.String() + contentType[done:]
}

// charsetsOfTypes is Firefox's: it reads a list of types and corrects the last of
// them, with those before it that are the same. Measured: xhr-charset-params and
// xhr-charset-lists.
func charsetsOfTypes(contentType string) string {
	types := fetchspec.SplitUnquoted(contentType, ',')
	last := ""
	for i, typ := range slices.Backward(types) {
		essence := strings.TrimLeft(typ, " \t")
		if end := strings.IndexAny(essence, " \t;("); end >= 0 {
			essence = essence[:end]
		}
		if !strings.Contains(essence, "/") || essence == "*/*" {
			continue // no type, to Firefox
		}
		if last != "" && !fetchspec.EqualFold(essence, last) {
			break
		}
		last = essence
		types[i] = charsetsOfType(typ)
	}
	return strings.Join(types, ",")
}

// charsetsOfType writes UTF-8 for each charset of one type, quotes and spaces and
// all, but between single quotes.
func charsetsOfType(typ string) string {
	essence, rest, found := strings.Cut(typ, ";")
	if !found {
		return typ
	}
	parameters := fetchspec.SplitUnquoted(rest, ';')
	for i, p := range parameters {
		name, value, found := strings.Cut(p, "=")
		if !found || !fetchspec.EqualFold(strings.TrimLeft(name, " \t"), "charset") {
			continue
		}
		quote := ""
		if len(value) >= 2 && value[0] == '\'' && value[len(value)-1] == '\'' {
			quote, value = "'", value[1:len(value)-1]
		}
		if !fetchspec.EqualFold(value, "UTF-8") {
			parameters[i] = name + "=" + quote + "UTF-8" + quote
		}
	}
	return essence + ";" + strings.Join(parameters, ";")
}

// charsetsParsed is WebKit's: as the standard says, but for an empty charset, which
// stays, and for a parameter written again with a capital, which is added with the
// first's name and changes its value. Measured: xhr-charset-params and
// xhr-charset-capitals.
func charsetsParsed(contentType string) string {
	m, ok := fetchspec.ParseMIMEType(contentType)
	if !ok {
		return contentType
	}
	values, names := map[string]string{}, []string(nil)
	for _, p := range fetchspec.ParametersAsWritten(contentType) {
		if _, taken := values[p.Name]; !taken {
			name := fetchspec.Lower(p.Name)
			values[name], names = p.Value, append(names, name)
		}
	}
	if charset := values["charset"]; charset == "" || fetchspec.EqualFold(charset, "UTF-8") {
		return contentType
	}
	values["charset"] = "UTF-8"
	m.Parameters = nil
	for _, name := range names {
		m.Parameters = append(m.Parameters, fetchspec.MIMEParameter{Name: name, Value: values[name]})
	}
	return m.String()
}
