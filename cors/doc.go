// Package cors is the server's half of CORS: it lets pages of other origins use
// your API, as far as you say and no further.
package cors
