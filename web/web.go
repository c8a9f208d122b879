// Package web holds the web pages as `make web` builds them from the TypeScript beside it. A program that was built
// without them has an empty folder here, and says so to browsers.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Pages returns the built pages: an HTML file for each, and below assets/ what they load.
func Pages() fs.FS {
	pages, err := fs.Sub(files, "dist")
	if err != nil {
		panic(err) // the name is valid
	}
	return pages
}
