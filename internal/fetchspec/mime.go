package fetchspec

import "strings"

// A MIMEType is a parsed MIME type,
// https://mimesniff.spec.whatwg.org/#mime-type.
type MIMEType struct {
	Type, Subtype string // in lower case
	Parameters    []MIMEParameter
}

// A MIMEParameter is a parameter of a MIMEType: its name, in lower case unless it is
// to be as written, and its value without quotes.
type MIMEParameter struct{ Name, Value string }

// Essence returns "type/subtype", https://mimesniff.spec.whatwg.org/#mime-type-essence.
func (m MIMEType) Essence() string { return m.Type + "/" + m.Subtype }

// String serializes the MIME type.
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func (m MIMEType) String() string {
	var b strings.Builder
	b.WriteString(m.Essence())
	for _, p := range m.Parameters {
		b.WriteString(";" + p.Name + "=")
		if IsToken(p.Value) {
			b.WriteString(p.Value)
			continue
		}
		b.WriteByte('"')
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Value))
		b.WriteByte('"')
	}
	return b.String()
}

// WithCharset returns a MIME type with its charset, if it has one that is not this
// one in whatever case, replaced; what is no MIME type stays as it is.
// https://xhr.spec.whatwg.org/#the-send()-method
func WithCharset(contentType, charset string) string {
	m, ok := ParseMIMEType(contentType)
	for i, p := range m.Parameters {
		if ok && p.Name == "charset" && !EqualFold(p.Value, charset) {
			m.Parameters[i].Value = charset
			return m.String()
		}
	}
	return contentType
}

// ParseMIMEType parses one MIME type, as the standard asks: not a list of
// them, and with no complaint about malformed parameters, which are dropped.
// Of two parameters with one name the first counts.
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func ParseMIMEType(s string) (MIMEType, bool) {
	s = strings.Trim(s, "\t\n\r ")
	typ, rest, found := strings.Cut(s, "/")
	if !found || !IsToken(typ) {
		return MIMEType{}, false
	}
	subtype, rest, more := strings.Cut(rest, ";")
	subtype = strings.TrimRight(subtype, "\t\n\r ")
	if !IsToken(subtype) {
		return MIMEType{}, false
	}
	m := MIMEType{Type: Lower(typ), Subtype: Lower(subtype)}
	seen := map[string]bool{}
	for more {
		var p MIMEParameter
		var ok bool
		p, ok, rest, more = cutParameter(rest)
		if p.Name = Lower(p.Name); ok && !seen[p.Name] {
			seen[p.Name] = true
			m.Parameters = append(m.Parameters, p)
		}
	}
	return m, true
}

// ParametersAsWritten returns the well-formed parameters of a MIME type in their
// order, with their names as they are written and with those that come twice.
func ParametersAsWritten(contentType string) []MIMEParameter {
	var parameters []MIMEParameter
	_, rest, more := strings.Cut(contentType, ";")
	for more {
		var p MIMEParameter
		var ok bool
		if p, ok, rest, more = cutParameter(rest); ok {
			parameters = append(parameters, p)
		}
	}
	return parameters
}

// cutParameter reads one parameter, its name as written, from s, which stands after
// a semicolon. It returns what follows the next semicolon and whether there is one.
func cutParameter(s string) (p MIMEParameter, ok bool, rest string, more bool) {
	s = strings.TrimLeft(s, "\t\n\r ")
	end := strings.IndexAny(s, ";=")
	if end < 0 {
		return p, false, "", false
	}
	p.Name = s[:end]
	if s[end] == ';' {
		return p, false, s[end+1:], true
	}
	s = s[end+1:]
	if strings.HasPrefix(s, `"`) {
		end := endOfQuotedString(s, 0)
		p.Value = unquote(s[:end])
		_, rest, more = strings.Cut(s[end:], ";")
		ok = true // an empty quoted value counts
	} else {
		s, rest, more = strings.Cut(s, ";")
		p.Value = strings.TrimRight(s, "\t\n\r ")
		ok = p.Value != ""
	}
	return p, ok && IsToken(p.Name) && isQuotedStringContent(p.Value), rest, more
}

// unquote returns what an HTTP quoted string says. It may lack its closing
// quote; a backslash at its very end then stands for itself.
func unquote(s string) string {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String()
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// isQuotedStringContent reports whether s has only HTTP quoted-string token
// code points, https://mimesniff.spec.whatwg.org/#http-quoted-string-token-code-point.
func isQuotedStringContent(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\t' && c < ' ' || c == 0x7F {
			return false
		}
	}
	return true
}
