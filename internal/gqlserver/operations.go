package gqlserver

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// operations are those that run on one connection: no more than limit, and its owner can wait for them. It relies on how
// the transport works: each operation is created in the read loop, dispatched once, and then read until nil.
type operations struct {
	graphql.GraphExecutor
	limit   int64
	running atomic.Int64
	all     sync.WaitGroup
}

func (o *operations) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	op, errs := o.GraphExecutor.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		return op, errs
	}
	if o.running.Load() >= o.limit {
		err := gqlerror.Errorf("at most %d operations may run at once on one connection", o.limit)
		errcode.Set(err, codeRateLimited)
		return op, gqlerror.List{err}
	}
	o.running.Add(1)
	o.all.Add(1)
	return op, nil
}

func (o *operations) DispatchOperation(ctx context.Context, op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	responses, ctx := o.GraphExecutor.DispatchOperation(ctx, op)
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if response == nil {
			o.running.Add(-1)
			o.all.Done()
		}
		return response
	}, ctx
}

// wait returns when all of them have ended. No new one may be created meanwhile.
func (o *operations) wait() { o.all.Wait() }
