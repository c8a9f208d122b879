package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"rsc.io/qr"
)

// invitation returns a QR code of the address at which guests join or, if phones cannot reach the server, a text that
// says what to do. It returns "" unless stdout is a terminal.
func invitation(stdout io.Writer, cfg config, address string) string {
	if !isTerminal(stdout) {
		return ""
	}
	if isLocal(cfg.publicURL) && cfg.given["PUBLIC_URL"] {
		return "  Only this machine can join now. Set ANTWON_PUBLIC_URL to an address that phones can reach. Its QR code\n" +
			"  then appears here.\n\n"
	}
	if isLocal(cfg.publicURL) {
		return "  Only this machine can join now. Start with ANTWON_ADDR=0.0.0.0:8080, as make party does. Phones in your\n" +
			"  network can then join by a QR code that appears here.\n\n"
	}
	code, err := drawQR(address)
	if err != nil {
		return "" // the address is too long for a QR code
	}
	return code + "\n  Scan it to join: " + address + "\n\n"
}

// isTerminal reports whether w is a terminal, and not a file or a pipe.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

const (
	quietZone = 4 // modules of white around a QR code, which scanners need
	// The colours are black on white in terminals with a dark and with a light background.
	blackOnWhite, plain = "\x1b[38;5;16;48;5;231m", "\x1b[0m"
)

// drawQR draws a QR code of half blocks: each character has two modules, one above the other.
func drawQR(text string) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", fmt.Errorf("encode a QR code: %w", err)
	}
	var drawn strings.Builder
	for y := -quietZone; y < code.Size+quietZone; y += 2 {
		drawn.WriteString("  " + blackOnWhite)
		for x := -quietZone; x < code.Size+quietZone; x++ {
			drawn.WriteString(halfBlock(code.Black(x, y), code.Black(x, y+1)))
		}
		drawn.WriteString(plain + "\n")
	}
	return drawn.String(), nil
}

func halfBlock(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}
