package main

import (
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// user is an id that machines do not use otherwise. The image has no file that gives it a name.
const user = 65532

// image returns the image with the program. It does not depend on when it is assembled: its time is that of the
// program's file, which goreleaser sets to the time of the commit.
func (r release) image(p program) (v1.Image, error) {
	file, err := os.Stat(p.Path)
	if err != nil {
		return nil, err
	}
	created := file.ModTime().UTC()
	image, err := layers(p, created)
	if err != nil {
		return nil, err
	}
	before, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config, platform := before.DeepCopy(), p.platform()
	config.OS, config.Architecture, config.Variant = platform.OS, platform.Architecture, platform.Variant
	config.Created = v1.Time{Time: created}
	config.Config = r.config(created)
	return mutate.ConfigFile(image, config)
}

// layers returns an image that has nothing but layers.
func layers(p program, created time.Time) (v1.Image, error) {
	base, err := baseLayer(created)
	if err != nil {
		return nil, err
	}
	executable, err := programLayer(p.Path, created)
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	return mutate.Append(image,
		mutate.Addendum{Layer: base, History: history("certificates, and a directory for data", created)},
		mutate.Addendum{Layer: executable, History: history("antwon", created)})
}

func history(what string, created time.Time) v1.History {
	return v1.History{Created: v1.Time{Time: created}, CreatedBy: "antwon.dj/backend/tools/release/image", Comment: what}
}

// config returns how the program is started, like the Dockerfile. OCI's specification has no health check, but Docker
// reads one from this field.
func (r release) config(created time.Time) v1.Config {
	return v1.Config{
		User:         "65532:65532",
		WorkingDir:   "/",
		Volumes:      map[string]struct{}{"/data": {}},
		ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		Env:          []string{"SQLITE_TMPDIR=/data", "ANTWON_ADDR=0.0.0.0:8080", "ANTWON_LOG_FORMAT=json"},
		Healthcheck: &v1.HealthConfig{
			Test:     []string{"CMD", "/antwon", "healthcheck"},
			Interval: 10 * time.Second, Timeout: 5 * time.Second, StartPeriod: time.Minute,
		},
		Entrypoint: []string{"/antwon"},
		Cmd:        []string{"demo"},
		Labels:     r.labels(created),
	}
}

// labels returns the labels that OCI defines.
func (r release) labels(created time.Time) map[string]string {
	labels := map[string]string{
		"title":       "antwon.dj",
		"description": "A party jukebox for Spotify that you run yourself",
		"licenses":    "MIT",
		"version":     r.Version,
		"revision":    r.Commit,
		"created":     created.Format(time.RFC3339),
	}
	if r.source != "" {
		labels["source"] = r.source
	}
	named := map[string]string{}
	for name, value := range labels {
		named["org.opencontainers.image."+name] = value
	}
	return named
}
