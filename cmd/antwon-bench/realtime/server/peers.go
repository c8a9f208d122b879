//go:build linux

package server

import (
	"os"
	"os/exec"
	"path/filepath"
)

// Peers has the paths of the servers that are outside of this module, so that it does not get their dependencies.
type Peers struct {
	Centrifuge string // the program of peers/centrifuge
	Yoga       string // the directory of peers/yoga, with npm's packages
}

// Missing returns what a kind of server lacks here, or "".
func (p Peers) Missing(kind string) string {
	switch kind {
	case Centrifuge:
		if _, err := os.Stat(p.Centrifuge); err != nil {
			return p.Centrifuge + ", which make bench-peers builds"
		}
	case Yoga:
		if _, err := exec.LookPath("node"); err != nil {
			return "Node"
		}
		if _, err := os.Stat(filepath.Join(p.Yoga, "node_modules")); err != nil {
			return "npm's packages, which make bench-peers installs"
		}
	}
	return ""
}

// command returns the program of a kind of server, and its first arguments.
func (p Peers) command(kind string) (program string, args []string) {
	if kind == Centrifuge {
		return p.Centrifuge, nil
	}
	return thisProgram, []string{"serve"}
}
