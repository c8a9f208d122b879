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
	persistedQuery     = "persistedQuery" // the name of the extension
	codeNotPersisted   = "PERSISTED_QUERY_NOT_FOUND"
	notPersisted       = "PersistedQueryNotFound" // clients recognise it by this text, too
	persistedQueryForm = "extensions.persistedQuery must be an object with version 1 and sha256Hash, " +
		"the hash of the query in hexadecimal digits."
)

// persistedQueries lets a client send the hash of a document instead of the document, as Apollo's clients do. If the
// server does not have a document with that hash, it says so, and the client sends both.
//
// A document is kept only after it has passed validation, and only under its own hash. Anybody can fill the cache and
// so displace the documents of others, whose clients then send them again. A document that is too large for the cache
// is executed, but never kept.
type persistedQueries struct {
	documents *lru.LRU[string] // by hash
}

func newPersistedQueries() persistedQueries {
	return persistedQueries{lru.New[string](cachedDocuments)}
}

// insertDocument inserts the document that the hash refers to, or checks the hash of the document in the
// request.
func (p persistedQueries) insertDocument(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
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

// keepDocument keeps the document, which is valid. insertDocument has checked its hash.
func (p persistedQueries) keepDocument(ctx context.Context, op *graphql.OperationContext) {
	hash, asked, _ := hashIn(op.Extensions)
	if asked && len(op.RawQuery) <= cachedDocumentBytes {
		p.documents.Add(ctx, hash, op.RawQuery)
	}
}

// hashIn returns the hash in the extensions of a request, if there is one. The version has to be 1, in whatever numeric
// type it was decoded to.
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
		return refusal(codeBadInput, "extensions.persistedQuery.sha256Hash is not the hash of the query.")
	}
	return nil
}

func refusal(code, message string) *gqlerror.Error {
	err := &gqlerror.Error{Message: message}
	errcode.Set(err, code)
	return err
}
