//go:build linux

package load

import (
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

// leastKept is how much of a message is kept anyway: the version stands near the beginning, and what is longer without one
// is a fault.
const leastKept = 512

// listener is told what the frames carry.
type listener interface {
	message(start []byte, wireBytes int) error
	control(opcode byte, payload []byte) error
}

// frames cuts a server's stream of bytes into messages, wherever the reads cut it.
type frames struct {
	header      [10]byte // the present frame's, as far as it has come
	headerBytes int
	inPayload   bool
	left        uint64 // bytes of its payload to come

	kept      int  // how many bytes of a message are kept
	started   bool // a message is under way, of which there may be several frames
	start     []byte
	wireBytes int
	controls  []byte // a control frame's payload; such a frame may stand between those of a message
}

// take is given the next bytes.
func (f *frames) take(data []byte, to listener) error {
	for len(data) > 0 {
		if !f.inPayload {
			var err error
			if data, err = f.takeHeader(data); err != nil {
				return err
			}
		}
		if f.inPayload {
			n := min(f.left, uint64(len(data)))
			f.keep(data[:n])
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

// takeHeader takes bytes until the header is complete.
func (f *frames) takeHeader(data []byte) ([]byte, error) {
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
		return nil, fmt.Errorf("a frame that a server may not send: % x", f.header[:f.headerBytes])
	}
	f.left = payloadLength(f.header[:f.headerBytes])
	if f.isControl() {
		f.controls = f.controls[:0]
		return data, nil
	}
	if first := f.header[0]&0xf != opContinuation; first == f.started {
		return nil, fmt.Errorf("a frame out of place: % x", f.header[:f.headerBytes])
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

func (f *frames) isControl() bool { return f.header[0]&0x8 != 0 }

func (f *frames) keep(data []byte) {
	if f.isControl() {
		f.controls = append(f.controls, data...)
		return
	}
	f.wireBytes += len(data)
	if room := f.kept - len(f.start); room > 0 {
		f.start = append(f.start, data[:min(room, len(data))]...)
	}
}

func (f *frames) endFrame(to listener) error {
	f.headerBytes, f.inPayload = 0, false
	if f.isControl() {
		return to.control(f.header[0]&0xf, f.controls)
	}
	if f.header[0]&finBit == 0 {
		return nil
	}
	err := to.message(f.start, f.wireBytes)
	f.started, f.start, f.wireBytes = false, f.start[:0], 0
	return err
}

// clientFrame is a frame under a mask of zeros, which the protocol demands and which changes nothing.
func clientFrame(opcode byte, payload []byte) []byte {
	frame := []byte{finBit | opcode}
	if n := len(payload); n < 126 {
		frame = append(frame, maskBit|byte(n))
	} else {
		frame = binary.BigEndian.AppendUint16(append(frame, maskBit|126), uint16(n))
	}
	return append(append(frame, 0, 0, 0, 0), payload...)
}
