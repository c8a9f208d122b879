package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"io"
	"os"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// baseLayer has what the program needs beside itself: the certificates of authorities, and a directory that it may
// write.
func baseLayer(created time.Time) (v1.Layer, error) {
	roots := certificates()
	return layerOf(created,
		entry{Header: tar.Header{Name: "etc/", Typeflag: tar.TypeDir, Mode: 0o755}},
		entry{Header: tar.Header{Name: "etc/ssl/", Typeflag: tar.TypeDir, Mode: 0o755}},
		entry{Header: tar.Header{Name: "etc/ssl/certs/", Typeflag: tar.TypeDir, Mode: 0o755}},
		entry{Header: tar.Header{Name: "etc/ssl/certs/ca-certificates.crt", Mode: 0o644}, content: roots},
		entry{Header: tar.Header{Name: "data/", Typeflag: tar.TypeDir, Mode: 0o755, Uid: user, Gid: user}})
}

// programLayer has the program alone, so that only this layer has to be pulled for a new version.
func programLayer(path string, created time.Time) (v1.Layer, error) {
	program, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return layerOf(created, entry{Header: tar.Header{Name: "antwon", Mode: 0o755}, content: program})
}

// certificates returns Mozilla's roots, as the Go project publishes them, in PEM. It leaves out roots that are trusted
// only under conditions, because a file cannot express the conditions.
func certificates() []byte {
	var file bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&file, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer cannot fail
		}
	}
	return file.Bytes()
}

// entry is a file or a directory of a layer.
type entry struct {
	tar.Header
	content []byte
}

// layerOf returns a layer with the entries, which all get the same time.
func layerOf(created time.Time, entries ...entry) (v1.Layer, error) {
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for _, entry := range entries {
		entry.Size, entry.ModTime = int64(len(entry.content)), created
		if err := writer.WriteHeader(&entry.Header); err != nil {
			return nil, err
		}
		if _, err := writer.Write(entry.content); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer))
}
