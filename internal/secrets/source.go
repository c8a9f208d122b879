package secrets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// rereadPause is the least time between two looks at a password that the database refused: while it is being rotated the
// database knows the new one a little earlier than AWS gives it away.
const minRereadInterval = 5 * time.Second

// Names are what the secrets are called at AWS, names or ARNs. One without a name is not read.
type Names struct {
	Spotify  string // {"client_id", "client_secret"}
	Database string // what RDS writes
	Backend  string // {"session_secret", "session_secrets_old", "encryption_key", "encryption_keys_old"}
	OIDC     string // {"client_id", "client_secret"}
}

// Options say which secrets are read, and how.
type Options struct {
	Names          Names
	Refresh        time.Duration // about how often Watch reads them again; 0: 5 min
	AttemptTimeout time.Duration // for one answer of AWS, and the longest pause before the next attempt; 0: 5 s
	Timeout        time.Duration // for all of them, attempts included; 0: 30 s
}

// Value is what a secret says about a variable of the configuration.
type Value struct {
	Text   string
	Secret string // the name of the secret that it is from
}

// String keeps a value that is printed by mistake out of logs.
func (v Value) String() string { return "(from the secret " + v.Secret + ")" }

// Values are by the names of the variables that they stand for, without prefix: DATABASE_URL, SESSION_SECRET and so on.
type Values map[string]Value

// secret is one that is read.
type secret struct {
	name   string
	decode func(content string) (map[string]string, error)
}

// Source is the secrets at AWS as they were last read. It is safe for concurrent use.
type Source struct {
	client  *secretsmanager.Client
	options Options
	secrets []secret
	now     func() time.Time

	mu     sync.Mutex
	values []map[string]string // of each secret; guarded by mu

	rereading  sync.Mutex
	lastReread time.Time // when a refused password was last looked at; guarded by rereading
}

// OpenAWS reads the secrets. Its error says everything that is wrong with them.
func OpenAWS(ctx context.Context, o Options) (*Source, error) {
	o.Refresh = cmp.Or(o.Refresh, 5*time.Minute)
	o.AttemptTimeout = cmp.Or(o.AttemptTimeout, 5*time.Second)
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	s := &Source{options: o, secrets: o.Names.secrets(), now: time.Now}
	if len(s.secrets) == 0 {
		return s, nil
	}
	var err error
	if s.client, err = newClient(ctx, o); err != nil {
		return nil, err
	}
	if s.values, err = s.readAll(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

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

// Values returns what all secrets say.
func (s *Source) Values() Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.merge(s.values)
}

func (s *Source) merge(read []map[string]string) Values {
	values := Values{}
	for i, said := range read {
		for name, text := range said {
			values[name] = Value{text, s.secrets[i].name}
		}
	}
	return values
}

// DatabaseURL returns the database's URL with the credentials of the moment. Refused says that the database did not accept
// those that it returned before: then it asks AWS, unless that was done a moment ago.
func (s *Source) DatabaseURL(ctx context.Context, refused bool) (string, error) {
	if refused {
		if err := s.rereadDatabase(ctx); err != nil {
			return "", err
		}
	}
	url, there := s.Values()[databaseURL]
	if !there {
		return "", errors.New("no secret names a database")
	}
	return url.Text, nil
}

// rereadDatabase goes on when the one who asks does not wait any more: others do.
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

// readAll asks for all secrets at once. One that could not be read is nil.
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

func (s *Source) readOne(ctx context.Context, secret secret) (map[string]string, error) {
	content, err := fetch(ctx, s.client, secret.name)
	if err != nil {
		return nil, fmt.Errorf("the secret %s: %w", secret.name, err)
	}
	said, err := secret.decode(content)
	if err != nil {
		return nil, fmt.Errorf("the secret %s: %w", secret.name, err)
	}
	return said, nil
}
