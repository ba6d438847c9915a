package playground

// A measurement is what a browser did, where the lab cannot let the reader's.
type measurement struct {
	Browser string // with its version
	Page    string // what was opened, and what it called
	Saw     string // what the script got
	Console string // what the developer tools printed; empty: nothing
}

// measured are the measurements by the IDs of presets.
var measured = map[string][]measurement{}
