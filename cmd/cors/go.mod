module crossorigin.dev/cmd/cors

go 1.26.0

require crossorigin.dev v0.0.0

replace crossorigin.dev => ../..
