// Command image assembles the container image of a release, for all of its architectures and without a container
// engine: the programs that goreleaser has built for Linux, on nothing. It writes an OCI layout, which crane pushes.
//
//	image [-source URL] DIST
//
// reads DIST/metadata.json and DIST/artifacts.json, which goreleaser has written, and writes DIST/image. The paths
// there begin at the working directory, as goreleaser's do.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

func main() {
	source := flag.String("source", "", "the URL of the repository, which the image names")
	flag.Parse()
	if err := run(flag.Arg(0), *source); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// run writes the image of the release in dist.
func run(dist, source string) error {
	release, err := readRelease(dist)
	if err != nil {
		return fmt.Errorf("read the release: %w", err)
	}
	release.source = source
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, program := range release.programs {
		image, err := release.image(program)
		if err != nil {
			return fmt.Errorf("assemble the image for %s: %w", program.platform(), err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: program.platform()},
		})
	}
	return write(filepath.Join(dist, "image"), index, release.Version)
}

// write replaces the layout at path by one that has the index alone, under the name of the version.
func write(path string, index v1.ImageIndex, version string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	named := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), mutate.IndexAddendum{
		Add:        index,
		Descriptor: v1.Descriptor{Annotations: map[string]string{"org.opencontainers.image.ref.name": version}},
	})
	if _, err := layout.Write(path, named); err != nil {
		return fmt.Errorf("write the image: %w", err)
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	fmt.Println(path, digest)
	return nil
}

// release is what goreleaser has built.
type release struct {
	Version, Commit string
	source          string
	programs        []program
}

// program is one executable of a release.
type program struct {
	Path, Type, Goos, Goarch, Goarm string
}

// readRelease returns the release in dist, with its programs for Linux.
func readRelease(dist string) (release, error) {
	var found release
	if err := readJSON(filepath.Join(dist, "metadata.json"), &found); err != nil {
		return release{}, err
	}
	var all []program
	if err := readJSON(filepath.Join(dist, "artifacts.json"), &all); err != nil {
		return release{}, err
	}
	for _, program := range all {
		if program.Type == "Binary" && program.Goos == "linux" {
			found.programs = append(found.programs, program)
		}
	}
	if len(found.programs) == 0 {
		return release{}, fmt.Errorf("%s has no program for Linux", dist)
	}
	return found, nil
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (p program) platform() *v1.Platform {
	platform := &v1.Platform{OS: p.Goos, Architecture: p.Goarch}
	if p.Goarm != "" {
		platform.Variant = "v" + p.Goarm
	}
	return platform
}
