//go:build linux

package load

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

const (
	opContinuation = 0x0
	opText         = 0x1
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xa

	finBit, reservedBits, maskBit = 0x80, 0x70, 0x80
)

// minKeepBytes is how much of each message is kept at least. A message with a version has it near the beginning.
const minKeepBytes = 512

// handler handles what a frameParser has parsed. The slices are valid until the call returns.
type handler interface {
	// message handles a complete message, given by its beginning and by the bytes of all its frames.
	message(start []byte, wireBytes int) error
	control(opcode byte, payload []byte) error
}

// frameParser parses the frames that a server sends. A read may end anywhere in a frame.
type frameParser struct {
	header      [10]byte // of the present frame, as far as it has been read
	headerBytes int
	inPayload   bool
	left        uint64 // bytes of the payload that have not been read

	lines     bool // a message may consist of several, each in a line of its own
	keepBytes int  // how much of a message is kept
	started   bool // a message has begun, which may have several frames
	start     []byte
	wireBytes int
	controls  []byte // the payload of a control frame, which may come between the frames of a message
}

// parse parses the bytes that were read next.
func (f *frameParser) parse(data []byte, to handler) error {
	for len(data) > 0 {
		if !f.inPayload {
			var err error
			if data, err = f.parseHeader(data); err != nil {
				return err
			}
		}
		if f.inPayload {
			n := min(f.left, uint64(len(data)))
			if err := f.keepLines(data[:n], to); err != nil {
				return err
			}
			data, f.left = data[n:], f.left-n
			if f.left == 0 {
				if err := f.endFrame(to); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// parseHeader parses bytes until the header is complete, and returns the rest.
func (f *frameParser) parseHeader(data []byte) ([]byte, error) {
	for len(data) > 0 && !f.inPayload {
		f.header[f.headerBytes] = data[0]
		f.headerBytes++
		data = data[1:]
		f.inPayload = f.headerBytes >= 2 && f.headerBytes == headerSize(f.header[1])
	}
	if !f.inPayload {
		return data, nil
	}
	if f.header[0]&reservedBits != 0 || f.header[1]&maskBit != 0 {
		return nil, fmt.Errorf("a frame that a server must not send: % x", f.header[:f.headerBytes])
	}
	f.left = payloadLength(f.header[:f.headerBytes])
	if f.isControl() {
		f.controls = f.controls[:0]
		return data, nil
	}
	if first := f.header[0]&0xf != opContinuation; first == f.started {
		return nil, fmt.Errorf("an unexpected frame: % x", f.header[:f.headerBytes])
	}
	f.started = true
	f.wireBytes += f.headerBytes
	return data, nil
}

func headerSize(second byte) int {
	switch second &^ maskBit {
	case 126:
		return 4
	case 127:
		return 10
	}
	return 2
}

func payloadLength(header []byte) uint64 {
	switch len(header) {
	case 4:
		return uint64(binary.BigEndian.Uint16(header[2:]))
	case 10:
		return binary.BigEndian.Uint64(header[2:])
	}
	return uint64(header[1])
}

func (f *frameParser) isControl() bool { return f.header[0]&0x8 != 0 }

// keepLines keeps the bytes of a payload. If each line is a message, it handles the lines that these bytes complete.
// endFrame handles the last line of a frame.
func (f *frameParser) keepLines(data []byte, to handler) error {
	for f.lines && !f.isControl() {
		line, rest, complete := bytes.Cut(data, []byte{'\n'})
		if !complete {
			break
		}
		f.keep(line)
		if err := to.message(f.start, f.wireBytes+1); err != nil {
			return err
		}
		data, f.start, f.wireBytes = rest, f.start[:0], 0
	}
	f.keep(data)
	return nil
}

func (f *frameParser) keep(data []byte) {
	if f.isControl() {
		f.controls = append(f.controls, data...)
		return
	}
	f.wireBytes += len(data)
	if space := f.keepBytes - len(f.start); space > 0 {
		f.start = append(f.start, data[:min(space, len(data))]...)
	}
}

func (f *frameParser) endFrame(to handler) error {
	f.headerBytes, f.inPayload = 0, false
	if f.isControl() {
		return to.control(f.header[0]&0xf, f.controls)
	}
	if f.header[0]&finBit == 0 {
		return nil
	}
	var err error
	if len(f.start) > 0 || !f.lines {
		err = to.message(f.start, f.wireBytes)
	}
	f.started, f.start, f.wireBytes = false, f.start[:0], 0
	return err
}

// clientFrame returns a frame of up to 65,535 bytes. Clients have to mask their frames; a mask of zeros changes
// nothing.
func clientFrame(opcode byte, payload []byte) []byte {
	frame := []byte{finBit | opcode}
	if n := len(payload); n < 126 {
		frame = append(frame, maskBit|byte(n))
	} else {
		frame = binary.BigEndian.AppendUint16(append(frame, maskBit|126), uint16(n))
	}
	return append(append(frame, 0, 0, 0, 0), payload...)
}
