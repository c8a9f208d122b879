package gqlserver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	persistedQuery     = "persistedQuery" // the name in extensions
	codeNotPersisted   = "PERSISTED_QUERY_NOT_FOUND"
	notPersisted       = "PersistedQueryNotFound" // clients know it by this text, too
	persistedQueryForm = "extensions.persistedQuery must be an object with version 1 and sha256Hash, the hash of the query in hexadecimal digits"
)

// persistedQueries lets a client send the hash of a document in place of the document, as Apollo's clients do: it is told
// when the server does not know the hash (any more), and sends both.
//
// A document is kept after it has passed validation, so what is kept can run, and only under its own hash. Anybody can
// fill the cache, and so drive out what others sent; those send it again. Documents too large for the cache are never
// kept, and work all the same.
type persistedQueries struct {
	documents *lru.LRU[string] // by hash
}

var _ interface {
	graphql.OperationParameterMutator
	graphql.OperationContextMutator
} = persistedQueries{}

func newPersistedQueries() persistedQueries {
	return persistedQueries{lru.New[string](cachedDocuments)}
}

func (persistedQueries) ExtensionName() string { return "PersistedQueries" }

func (persistedQueries) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters fills in the document that is meant, or checks that the hash is that of the one sent along.
func (p persistedQueries) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	hash, asked, err := hashIn(request.Extensions)
	if err != nil || !asked {
		return err
	}
	if request.Query != "" {
		return checkHash(request.Query, hash)
	}
	known, ok := p.documents.Get(ctx, hash)
	if !ok {
		return refusal(codeNotPersisted, notPersisted)
	}
	request.Query = known
	return nil
}

// MutateOperationContext keeps the document, which is valid. Its hash was checked before.
func (p persistedQueries) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	hash, asked, _ := hashIn(op.Extensions)
	if asked && len(op.RawQuery) <= cachedDocumentBytes {
		p.documents.Add(ctx, hash, op.RawQuery)
	}
	return nil
}

// hashIn returns the hash that a request goes by. Its version is 1, whether it came as a number of one kind or another.
func hashIn(extensions map[string]any) (hash string, asked bool, err *gqlerror.Error) {
	extension := extensions[persistedQuery]
	if extension == nil {
		return "", false, nil
	}
	fields, _ := extension.(map[string]any)
	hash, ok := fields["sha256Hash"].(string)
	if !ok || fmt.Sprint(fields["version"]) != "1" {
		return "", false, refusal(codeBadInput, persistedQueryForm)
	}
	return hash, true, nil
}

func checkHash(query, hash string) *gqlerror.Error {
	sum := sha256.Sum256([]byte(query))
	if hex.EncodeToString(sum[:]) != hash {
		return refusal(codeBadInput, "extensions.persistedQuery.sha256Hash is not the hash of the query")
	}
	return nil
}

func refusal(code, message string) *gqlerror.Error {
	err := &gqlerror.Error{Message: message}
	errcode.Set(err, code)
	return err
}
