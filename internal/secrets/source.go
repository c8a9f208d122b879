package secrets

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// minRereadInterval is the minimum time between two requests for a password after the database has refused the present
// one: during a rotation the database accepts only the new password a little before AWS returns it.
const minRereadInterval = 5 * time.Second

// Names are the names or ARNs of the secrets at AWS. A secret without a name is not read.
type Names struct {
	Spotify  string // {"client_id", "client_secret"}
	Database string // the format of RDS
	Backend  string // {"session_secret", "session_secrets_old", "encryption_key", "encryption_keys_old"}
	OIDC     string // {"client_id", "client_secret"}
}

// Options configure which secrets are read, and when.
type Options struct {
	Names          Names
	Refresh        time.Duration // the average interval at which Watch reads them again; 0: 5 min
	AttemptTimeout time.Duration // for one request to AWS, and the maximum pause before the next attempt; 0: 5 s
	Timeout        time.Duration // for reading all secrets once, with all attempts; 0: 30 s
}

func (o Options) withDefaults() Options {
	o.Refresh = cmp.Or(o.Refresh, 5*time.Minute)
	o.AttemptTimeout = cmp.Or(o.AttemptTimeout, 5*time.Second)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	return o
}

// Value is the value of a configuration variable from a secret.
type Value struct {
	Text   string
	Secret string // the name of that secret
}

// String returns the name of the secret only, so that a value that is printed by mistake does not appear in a log.
func (v Value) String() string { return "(from the secret " + v.Secret + ")" }

// Values maps the names of variables, without their prefix, to values: DATABASE_URL, SESSION_SECRET and so on.
type Values map[string]Value

// secret is a secret to read.
type secret struct {
	name   string
	decode func(content string) (map[string]string, error)
}

// Source provides the secrets as they were last read. It is safe for concurrent use.
type Source struct {
	client  *secretsmanager.Client
	options Options
	secrets []secret
	now     func() time.Time

	mu     sync.Mutex
	values []map[string]string // in the order of secrets; guarded by mu

	rereading  sync.Mutex
	lastReread time.Time // when the database's secret was last read again; guarded by rereading
}

// OpenAWS reads the secrets and returns a Source that provides them. Its error reports all secrets that could not be
// read: it joins an *Error for each of them, or is a single *Error.
func OpenAWS(ctx context.Context, o Options) (*Source, error) {
	o = o.withDefaults()
	return open(ctx, o, awshttp.NewBuildableClient().WithTimeout(o.AttemptTimeout))
}

// open is OpenAWS with an HTTP client, which has to limit each request to Options.AttemptTimeout.
func open(ctx context.Context, o Options, client aws.HTTPClient) (*Source, error) {
	s := &Source{options: o, secrets: o.Names.secrets(), now: time.Now}
	if len(s.secrets) == 0 {
		return s, nil
	}
	var err error
	if s.client, err = newClient(ctx, o, client); err != nil {
		return nil, err
	}
	if s.values, err = s.readAll(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// secrets returns the secrets that have a name.
func (n Names) secrets() (all []secret) {
	for _, s := range []secret{
		{n.Spotify, decodeClient("SPOTIFY_")},
		{n.Database, decodeDatabase},
		{n.Backend, decodeBackend},
		{n.OIDC, decodeClient("OIDC_")},
	} {
		if s.name != "" {
			all = append(all, s)
		}
	}
	return all
}

// Values returns the values of all secrets.
func (s *Source) Values() Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.merge(s.values)
}

// merge returns the values of all secrets. The texts are in the order of s.secrets.
func (s *Source) merge(read []map[string]string) Values {
	values := Values{}
	for i, texts := range read {
		for name, text := range texts {
			values[name] = Value{Text: text, Secret: s.secrets[i].name}
		}
	}
	return values
}

// DatabaseURL returns the URL of the database with the present credentials. If refused is true, the database has not
// accepted the credentials that DatabaseURL returned before: then DatabaseURL reads them again, at most once per
// minRereadInterval.
func (s *Source) DatabaseURL(ctx context.Context, refused bool) (string, error) {
	if refused {
		if err := s.rereadDatabase(ctx); err != nil {
			return "", err
		}
	}
	url, ok := s.Values()[databaseURL]
	if !ok {
		return "", errors.New("no secret names a database")
	}
	return url.Text, nil
}

// rereadDatabase reads the database's secret again. It does not stop when ctx ends, because other callers wait for it,
// too.
func (s *Source) rereadDatabase(ctx context.Context) error {
	s.rereading.Lock()
	defer s.rereading.Unlock()
	if s.now().Sub(s.lastReread) < minRereadInterval {
		return nil
	}
	defer func() { s.lastReread = s.now() }()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.AttemptTimeout)
	defer cancel()
	read := make([]map[string]string, len(s.secrets))
	for i, secret := range s.secrets {
		if secret.name != s.options.Names.Database {
			continue
		}
		var err error
		if read[i], err = s.readOne(ctx, secret); err != nil {
			return err
		}
	}
	s.apply(read)
	return nil
}

// readAll reads all secrets concurrently. The values of a secret that could not be read are nil.
func (s *Source) readAll(ctx context.Context) ([]map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	read, errs := make([]map[string]string, len(s.secrets)), make([]error, len(s.secrets))
	var reading sync.WaitGroup
	for i, secret := range s.secrets {
		reading.Go(func() { read[i], errs[i] = s.readOne(ctx, secret) })
	}
	reading.Wait()
	return read, errors.Join(errs...)
}

// readOne reads and decodes one secret. Its errors are *Error.
func (s *Source) readOne(ctx context.Context, secret secret) (map[string]string, error) {
	content, err := fetch(ctx, s.client, secret.name)
	if err != nil {
		return nil, err
	}
	values, err := secret.decode(content)
	if err != nil {
		return nil, &Error{secret.name, err, true}
	}
	return values, nil
}
