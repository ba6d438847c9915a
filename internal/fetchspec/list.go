package fetchspec

import "strings"

// GetDecodeSplit reads the values of all headers of one name, one string per
// line, as one comma-separated list in which a quoted string may hold commas.
// No lines give nil; one empty line gives one empty member.
// https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
func GetDecodeSplit(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	return splitValue(strings.Join(lines, ", "))
}

// splitValue is https://fetch.spec.whatwg.org/#header-value-get-decode-and-split.
func splitValue(input string) []string {
	members := SplitUnquoted(input, ',')
	for i, member := range members {
		members[i] = strings.Trim(member, "\t ")
	}
	return members
}

// SplitUnquoted splits input at every separator that is not within an HTTP quoted
// string. Quotes may begin anywhere; those that never end reach to the end.
func SplitUnquoted(input string, separator byte) []string {
	var parts []string
	start := 0
	for i := 0; i < len(input); {
		switch input[i] {
		case '"':
			i = endOfQuotedString(input, i)
			continue
		case separator:
			parts = append(parts, input[start:i])
			start = i + 1
		}
		i++
	}
	return append(parts, input[start:])
}

// endOfQuotedString returns the position after the HTTP quoted string that
// starts at input[i]. One that is never closed reaches to the end.
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func endOfQuotedString(input string, i int) int {
	for i++; i < len(input); i++ {
		switch input[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(input)
}

// TokenList reads the values of all headers of one name, one string per line,
// by the grammar #token that Access-Control-Allow-Methods,
// Access-Control-Allow-Headers and Access-Control-Expose-Headers have: tokens
// between commas, with optional spaces and tabs, where members may be empty.
// A member that is not a token makes the whole list fail: then ok is false
// and bad is that member. No lines give an empty list that is ok; a caller
// that needs to tell an absent header from an empty one looks at lines.
// https://fetch.spec.whatwg.org/#extract-header-list-values,
// https://fetch.spec.whatwg.org/#http-new-header-syntax
func TokenList(lines []string) (tokens []string, bad string, ok bool) {
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			member = strings.Trim(member, "\t ")
			if member == "" {
				continue
			}
			if !IsToken(member) {
				return nil, member, false
			}
			tokens = append(tokens, member)
		}
	}
	return tokens, "", true
}

// MaxAgeLimit is what a greater Access-Control-Max-Age is taken for, in
// seconds: https://httpwg.org/specs/rfc9111.html#delta-seconds asks for it.
const MaxAgeLimit = 1 << 31

// MaxAge reads the values of all Access-Control-Max-Age headers, one string
// per line, by the grammar delta-seconds: digits alone. Not ok if there is no
// line, more than one, or anything but digits; a sign or a fraction is no
// digit. The standard then takes 5 seconds.
// https://fetch.spec.whatwg.org/#http-access-control-max-age
func MaxAge(lines []string) (seconds int64, ok bool) {
	if len(lines) != 1 || lines[0] == "" {
		return 0, false
	}
	for i := range len(lines[0]) {
		c := lines[0][i]
		if c < '0' || c > '9' {
			return 0, false
		}
		seconds = min(seconds*10+int64(c-'0'), MaxAgeLimit)
	}
	return seconds, true
}
