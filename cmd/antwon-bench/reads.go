package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// benchQueue measures reading a whole queue: by a server that knows the room already, and by one that has just started.
func benchQueue(ctx context.Context, url string) error {
	for _, size := range []int{50, 500} {
		p, err := newParty(ctx, url, 1)
		if err != nil {
			return err
		}
		for n := 1; n < size; n++ {
			if _, err := p.AddSong(p.hosts[0], p.rooms[0].ID, uri(n), nil); err != nil {
				return err
			}
		}
		warm, err := median(100, func() error { return read(p) })
		if err != nil {
			return err
		}
		var cold []time.Duration
		for range 5 {
			fresh, err := newParty(ctx, url, 0)
			if err != nil {
				return err
			}
			fresh.rooms, fresh.hosts = p.rooms, p.hosts
			took, err := median(1, func() error { return read(fresh) })
			if err != nil {
				return err
			}
			cold = append(cold, took)
			fresh.close()
		}
		slices.Sort(cold)
		fmt.Printf("roomQueue, %3d songs   median %v known, %v at first sight\n", size, warm, cold[len(cold)/2])
		p.close()
	}
	return nil
}

func read(p *benchRoom) error {
	room, err := p.Room(p.hosts[0], p.rooms[0].ID)
	if err != nil {
		return err
	}
	_, err = p.Queue(p.hosts[0], room)
	return err
}

func median(n int, work func() error) (time.Duration, error) {
	var took []time.Duration
	for range n {
		begin := time.Now()
		if err := work(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin).Round(time.Microsecond))
	}
	slices.Sort(took)
	return took[n/2], nil
}
