package release_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// images returns the images of the release, by platform. Their parts have the digests that their manifests name.
func (d dist) images() map[string]v1.Image {
	d.t.Helper()
	named, err := layout.ImageIndexFromPath(filepath.Join(repository, "dist", "image"))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := validate.Index(named); err != nil {
		d.t.Errorf("the image is damaged: %v", err)
	}
	names, err := named.IndexManifest()
	if err != nil || len(names.Manifests) != 1 {
		d.t.Fatalf("the layout has %+v (%v), want one image for all architectures", names, err)
	}
	index, err := named.ImageIndex(names.Manifests[0].Digest)
	if err != nil {
		d.t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		d.t.Fatal(err)
	}
	images := map[string]v1.Image{}
	for _, descriptor := range manifest.Manifests {
		image, err := index.Image(descriptor.Digest)
		if err != nil {
			d.t.Fatal(err)
		}
		images[descriptor.Platform.String()] = image
	}
	return images
}

func (d dist) config(image v1.Image) *v1.ConfigFile {
	d.t.Helper()
	config, err := image.ConfigFile()
	if err != nil {
		d.t.Fatal(err)
	}
	return config
}

// Each architecture with a program for Linux has an image, whose configuration names that architecture.
func TestImageHasAllArchitectures(t *testing.T) {
	d := openDist(t)
	images := d.images()
	for _, program := range d.all("Binary") {
		platform := program.Goos + "/" + program.Goarch
		if program.Goarch == "arm" {
			platform += "/v7"
		}
		switch image := images[platform]; {
		case program.Goos != "linux":
			continue
		case image == nil:
			t.Errorf("there is no image for %s", platform)
		case d.config(image).Platform().String() != platform:
			t.Errorf("the image for %s says %s", platform, d.config(image).Platform())
		}
		delete(images, platform)
	}
	if len(images) > 0 {
		t.Errorf("there are images for %v, and no programs", images)
	}
}

// The labels describe the image, under the names that OCI defines.
func TestImageIsLabelled(t *testing.T) {
	d := openDist(t)
	for platform, image := range d.images() {
		labels := d.config(image).Config.Labels
		for name, want := range map[string]string{
			"title": "antwon.dj", "version": d.version, "revision": d.commit, "licenses": "MIT", "description": "A ",
			"created": "20",
		} {
			if got := labels["org.opencontainers.image."+name]; !strings.HasPrefix(got, want) || got == "" {
				t.Errorf("the label %s of %s is %q, want %q", name, platform, got, want)
			}
		}
	}
}

// The image of a release is started as the one that the Dockerfile builds: by the same user and command, with the same
// variables, address, volume and health check.
func TestImageIsAsTheDockerfileSays(t *testing.T) {
	d := openDist(t)
	file := d.read("Dockerfile")
	file = file[strings.LastIndex(file, "\nFROM ")+1:]
	if !strings.HasPrefix(file, "FROM scratch\n") {
		t.Fatalf("the Dockerfile's image is based on something: %.40q", file)
	}
	for platform, image := range d.images() {
		config := d.config(image).Config
		check := config.Healthcheck
		if check == nil {
			t.Fatalf("%s has no health check", platform)
		}
		for instruction, has := range map[string]string{
			"USER":       config.User,
			"WORKDIR":    config.WorkingDir,
			"VOLUME":     keys(config.Volumes),
			"EXPOSE":     strings.TrimSuffix(keys(config.ExposedPorts), "/tcp"),
			"ENV":        strings.Join(config.Env, " "),
			"ENTRYPOINT": list(config.Entrypoint),
			"CMD":        list(config.Cmd),
			"HEALTHCHECK": "--interval=" + check.Interval.String() + " --timeout=" + check.Timeout.String() +
				" --start-period=" + strings.Replace(check.StartPeriod.String(), "1m0s", "60s", 1) +
				" CMD " + list(check.Test[1:]),
		} {
			var says []string
			for _, line := range regexp.MustCompile(`(?m)^`+instruction+` (.*)$`).FindAllStringSubmatch(file, -1) {
				says = append(says, line[1])
			}
			if want := strings.Join(says, " "); has != want {
				t.Errorf("%s of %s is %s, and the Dockerfile's is %s", instruction, platform, has, want)
			}
		}
	}
}

func keys(set map[string]struct{}) string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// list returns the words as the Dockerfile writes lists.
func list(words []string) string {
	text, _ := json.Marshal(words) // strings can be written
	return strings.ReplaceAll(string(text), `","`, `", "`)
}
