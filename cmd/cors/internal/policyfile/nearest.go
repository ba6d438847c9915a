package policyfile

import "strings"

// nearest returns the name that was probably meant, or "" if none comes near:
// what differs in case and separators only, or in a third of its letters at most.
func nearest(given string, names []string) string {
	const longest = 64 // nothing that long was meant for one of ours
	if len(given) > longest {
		return ""
	}
	best, bestDistance := "", 0
	folded := fold(given)
	for _, name := range names {
		distance := editDistance(folded, fold(name))
		if 3*distance <= max(len(name), 3) && (best == "" || distance < bestDistance) {
			best, bestDistance = name, distance
		}
	}
	return best
}

func fold(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// editDistance is the number of letters to insert, delete, replace or swap with
// their neighbour to turn a into b (optimal string alignment).
func editDistance(a, b string) int {
	var beforeLast []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], beforeLast[j-2]+1)
			}
		}
		beforeLast, last = last, row
	}
	return last[len(b)]
}
