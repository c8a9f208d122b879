package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Package testing and net/http/httptest register flags of their own and pull test code into the binary.
func TestCommandDoesNotLinkTestPackages(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	linked := strings.Fields(string(out))
	for _, pkg := range []string{"testing", "net/http/httptest", "antwon.dj/backend/internal/testdb"} {
		if slices.Contains(linked, pkg) {
			t.Errorf("antwon-bench links %s", pkg)
		}
	}
}
