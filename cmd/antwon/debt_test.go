package main_test

import "testing"

// A user who has spent their budget is refused every operation, except for signing out.
func TestUserInDebtSignsOut(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, databaseURL string) {
		s := startServer(t, databaseURL, "ANTWON_COST_PER_USER=1")
		s.login("Hanna").openRoom("DEBT")
		gina := s.join("DEBT", "Gina")
		const ask = `{ viewer { id } }`
		asked := 0
		for gina.refusal(t, ask, nil) != "RATE_LIMITED" {
			if asked++; asked > 10_000 {
				t.Fatal("the budget is never spent")
			}
		}
		t.Logf("%d operations were answered before", asked)
		if got := gina.post(t, `mutation { signOut }`, nil); len(got.Errors) > 0 {
			t.Fatalf("in debt, signing out fails: %+v", got.Errors)
		}
		if got := gina.refusal(t, ask, nil); got != "UNAUTHENTICATED" {
			t.Errorf("after signing out she gets %q", got)
		}
	})
}
