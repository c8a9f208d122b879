package gqlserver

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// turnsOf returns payers with their own budgets. Each may have answers of 100 fields made at the same time.
func turnsOf(clients map[string]string) map[string]*payer {
	cores := runtime.GOMAXPROCS(0)
	b, payers := newBudgets(Limits{
		OperationCost: (800 + cores - 1) / cores, CostPerUser: 1, CostPerAddress: 1, ConnectionsPerUser: 2,
		ConnectionsPerAddress: 3,
	}), map[string]*payer{}
	for id, address := range clients {
		payers[id] = b.payer(Client{ID: id}, address+":1")
	}
	return payers
}

// run makes an answer of so many fields, which takes a second, and returns how long that took, including the wait.
func (p *payer) run(ctx context.Context, fields int) (time.Duration, error) {
	begun := time.Now()
	leave, refusal := p.enterExecution(ctx, fields)
	if refusal != nil {
		return time.Since(begun), refusal
	}
	defer leave()
	time.Sleep(time.Second)
	return time.Since(begun), nil
}

// While many users at one address run expensive operations, an operation from another address does not wait.
func TestBystanderWaitsForNoOtherAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clients := map[string]string{"bystander": "10.0.0.2"}
		for n := range 30 {
			clients[fmt.Sprint("attacker ", n)] = "10.0.0.1"
		}
		payers := turnsOf(clients)
		for n := range 30 {
			for range 5 {
				go payers[fmt.Sprint("attacker ", n)].run(t.Context(), 100)
			}
		}
		synctest.Wait()
		if took, err := payers["bystander"].run(t.Context(), 100); err != nil || took != time.Second {
			t.Errorf("the bystander's operation took %s, %v", took, err)
		}
		time.Sleep(time.Minute)
		for _, all := range []*gates{payers["bystander"].budgets.turns.ofUser, payers["bystander"].budgets.turns.ofAddress} {
			all.mu.Lock()
			if len(all.byKey) != 0 {
				t.Errorf("%d gates are left behind", len(all.byKey))
			}
			all.mu.Unlock()
		}
	})
}

// One user's operations wait for each other if they are expensive; cheap ones run at the same time.
func TestExpensiveOperationsOfAUserWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ana := turnsOf(map[string]string{"ana": "10.0.0.1"})["ana"]
		for points, want := range map[int]time.Duration{100: 3 * time.Second, 30: time.Second, 5000: 3 * time.Second} {
			done := make(chan time.Duration, 3)
			for range 3 {
				go func() {
					took, _ := ana.run(t.Context(), points)
					done <- took
				}()
			}
			if last := max(<-done, <-done, <-done); last != want {
				t.Errorf("three operations of %d points took %s, want %s", points, last, want)
			}
		}
	})
}

func TestOnlySoManyOperationsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ana := turnsOf(map[string]string{"ana": "10.0.0.1"})["ana"]
		for range waitingOfUser {
			go ana.run(t.Context(), 100)
		}
		synctest.Wait()
		took, err := ana.run(t.Context(), 1)
		if err == nil || took != 0 {
			t.Errorf("one more operation took %s, %v", took, err)
		}
		time.Sleep(time.Minute)
	})
}

// When a client gives up while it waits, its place in the queue is freed.
func TestOperationThatIsCancelledNoLongerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ana := turnsOf(map[string]string{"ana": "10.0.0.1"})["ana"]
		go ana.run(t.Context(), 100)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if took, err := ana.run(ctx, 100); err == nil || took != time.Millisecond {
			t.Errorf("it took %s, %v", took, err)
		}
		time.Sleep(time.Second)
		if took, err := ana.run(t.Context(), 100); err != nil || took != time.Second {
			t.Errorf("the next one took %s, %v", took, err)
		}
	})
}

func TestNetworkOfIPv6CountsAsOneAddress(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:1234":            "192.0.2.7",
		"[::ffff:192.0.2.7]:1234":   "192.0.2.7",
		"[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":         "fe80::/64",
		"pipe":                      "pipe",
	} {
		if got := placeOf(remote); got != want {
			t.Errorf("%s counts as %s, want %s", remote, got, want)
		}
	}
}

func TestOnlySoManySubscriptionsLast(t *testing.T) {
	payers := turnsOf(map[string]string{"ana": "10.0.0.1", "ben": "10.0.0.1", "cem": "10.0.0.2"})
	begin := func(who string, most int) (ends []func()) {
		for {
			end, refusal := payers[who].beginSubscription()
			if refusal != nil {
				break
			}
			ends = append(ends, end)
		}
		if len(ends) != most {
			t.Errorf("%s can begin %d subscriptions, want %d", who, len(ends), most)
		}
		return ends
	}
	ends := begin("ana", 10)
	begin("ben", 5) // the address may have 15
	begin("cem", 10)
	for _, end := range ends[:3] {
		end()
	}
	begin("ana", 3)
	begin("ben", 0)
}
