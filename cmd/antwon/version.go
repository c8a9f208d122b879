package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"

	"antwon.dj/backend/internal/server"
)

// version and commit may be set when the program is built (-ldflags "-X main.version=v1.2.3 -X main.commit=…"), if Go
// cannot find them by itself, as in the image, which is built without the repository.
var version, commit string

const unknown = "unknown"

// build says which program this is.
type build server.Build

// buildOf returns the build of the running program. What is neither set nor recorded by Go is "unknown".
func buildOf() build {
	b := build{Version: version, Commit: commit, GoVersion: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.fillIn(info)
	}
	b.Version, b.Commit = cmp.Or(b.Version, unknown), cmp.Or(b.Commit, unknown)
	return b
}

// fillIn sets the fields that are empty from Go's build information: the version to the tag or a pseudo-version, and
// the commit, with "-dirty" if files were changed since.
func (b *build) fillIn(info *debug.BuildInfo) {
	settings := map[string]string{}
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	if b.Version == "" && info.Main.Version != "(devel)" {
		b.Version = info.Main.Version
	}
	if b.Commit == "" && settings["vcs.revision"] != "" {
		b.Commit = settings["vcs.revision"]
		if settings["vcs.modified"] == "true" {
			b.Commit += "-dirty"
		}
	}
}

func (b build) String() string {
	return fmt.Sprintf("antwon %s (commit %s, %s)", b.Version, b.Commit, b.GoVersion)
}

// logged returns the attributes of the log's first line.
func (b build) logged() []any {
	return []any{"version", b.Version, "commit", b.Commit, "go_version", b.GoVersion}
}

// metric returns a gauge that is always 1. Its labels say which build this is.
func (b build) metric() prometheus.Collector {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "antwon_build_info",
		Help:        "Always 1; the labels say which build of the server this is.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "go_version": b.GoVersion},
	})
	info.Set(1)
	return info
}
