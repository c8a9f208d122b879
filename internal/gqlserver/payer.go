package gqlserver

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"antwon.dj/backend/internal/ratelimit"
)

// The points that reading and validating a request costs, whether it is executed or not.
const (
	requestPoints = 10
	bytesPerPoint = 16
)

func requestCost(bytes int) int { return requestPoints + bytes/bytesPerPoint }

// refusedCost returns the points that a refused operation costs in addition. Finding all errors in a document takes
// longer than validating one that has none.
func refusedCost(params *graphql.RawParams) int { return len(params.Query) }

// A burst is as many points as the rate yields in this time. The burst of an address must suffice when a server
// restarts and hundreds of phones reconnect at once.
const (
	userBurst    = 20 * time.Second
	addressBurst = 40 * time.Second
)

// budgetKeys is how many users and how many addresses are remembered.
const budgetKeys = 50_000

// budgets has the points that users and addresses can spend. As long as any are left, an operation is executed. Its
// cost is known only afterwards and can leave a debt; the next operation has to wait until that is paid.
type budgets struct {
	users, addresses    *ratelimit.Limiter
	essential           *ratelimit.Limiter // by user, or by address
	perUser, perAddress ratelimit.Rate
	turns               turns
}

func newBudgets(l Limits) *budgets {
	rate := func(name string, perSecond int, burst time.Duration, shared bool) ratelimit.Rate {
		return ratelimit.Rate{
			Name: name, PerSecond: float64(perSecond), Burst: int(float64(perSecond) * burst.Seconds()), Shared: shared,
		}
	}
	return &budgets{
		users: ratelimit.New(budgetKeys), addresses: ratelimit.New(budgetKeys), essential: ratelimit.New(budgetKeys),
		turns:      newTurns(l),
		perUser:    rate("cost", l.CostPerUser, userBurst, false),
		perAddress: rate("cost of the address", l.CostPerAddress, addressBurst, true),
	}
}

// payer is the user and the address whose budgets an operation uses. Its methods may be called concurrently.
type payer struct {
	budgets   *budgets
	client    Client
	place     string            // the address, see placeOf
	user      *ratelimit.Bucket // nil for unknown clients
	address   *ratelimit.Bucket
	essential *ratelimit.Bucket // see essentialRate
}

func (b *budgets) payer(client Client, remoteAddr string) *payer {
	p := &payer{budgets: b, client: client, place: placeOf(remoteAddr)}
	p.address = b.addresses.Bucket(p.place, b.perAddress)
	p.essential = b.essential.Bucket("address "+p.place, essentialRate)
	if client.ID != "" {
		p.user = b.users.Bucket(client.ID, b.perUser)
		p.essential = b.essential.Bucket("user "+client.ID, essentialRate)
	}
	return p
}

// placeOf returns the network that limits count as one address, see ratelimit.NetworksOf.
func placeOf(remoteAddr string) string {
	host, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		host = remoteAddr
	}
	network, _ := ratelimit.NetworksOf(host)
	return network
}

// take takes points from both budgets, or returns an error if one of them has nothing left. While others have used up
// the budget of the address, users who have spent less than half of their own are still served.
func (p *payer) take(ctx context.Context, points int) *gqlerror.Error {
	if p.client.Unlimited {
		return nil
	}
	if p.user != nil {
		isModest := p.user.IsHalfFull()
		if wait := p.user.Take(ctx, points); wait > 0 {
			return userRefusal(wait)
		}
		if isModest {
			p.address.Charge(ctx, points)
			return nil
		}
	}
	if wait := p.address.Take(ctx, points); wait > 0 {
		return addressRefusal(wait)
	}
	return nil
}

// smallBody is the size in bytes up to which a body is always read, because the request in it may ask for its cost.
const smallBody = 8 << 10

// refusalUnread returns the error that take would return for a request with a large body, before the body is read.
func (p *payer) refusalUnread(r *http.Request) *gqlerror.Error {
	switch {
	case r.ContentLength >= 0 && r.ContentLength <= smallBody || p.client.Unlimited:
		return nil
	case p.user != nil && p.user.Debt() > 0:
		return userRefusal(p.user.Debt())
	case (p.user == nil || !p.user.IsHalfFull()) && p.address.Debt() > 0:
		return addressRefusal(p.address.Debt())
	default:
		return nil
	}
}

func userRefusal(wait time.Duration) *gqlerror.Error {
	return rateLimited(wait, "Your operations have cost too much in a short time.")
}

func addressRefusal(wait time.Duration) *gqlerror.Error {
	return rateLimited(wait, "The operations from your address have cost too much in a short time.")
}

// charge takes points from both budgets for work that is already done.
func (p *payer) charge(ctx context.Context, points int) {
	if p.client.Unlimited || points == 0 {
		return
	}
	if p.user != nil {
		p.user.Charge(ctx, points)
	}
	p.address.Charge(ctx, points)
}

// debt returns how long to wait until something is left of the user's budget.
func (p *payer) debt() time.Duration {
	if p.client.Unlimited || p.user == nil {
		return 0
	}
	return p.user.Debt()
}

func rateLimited(wait time.Duration, message string) *gqlerror.Error {
	seconds := (wait + time.Second - 1).Truncate(time.Second)
	err := refusal(codeRateLimited, message+" Try again in "+seconds.String()+".")
	err.Extensions["retryAfterMs"] = wait.Milliseconds()
	return err
}
