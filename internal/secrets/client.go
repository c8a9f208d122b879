package secrets

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// maxAttempts bounds the requests for one secret, the first included.
const maxAttempts = 5

// newClient returns a client that sends its requests with an HTTP client. It uses the region and credentials that AWS's
// tools use: from variables, files, or the role of the container or machine.
func newClient(ctx context.Context, o Options, client aws.HTTPClient) (*secretsmanager.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithHTTPClient(client),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(r *retry.StandardOptions) {
				r.MaxAttempts, r.MaxBackoff = maxAttempts, o.AttemptTimeout
			})
		}))
	if err != nil {
		return nil, fmt.Errorf("read the configuration of AWS: %w", err)
	}
	if cfg.Region == "" {
		return nil, &Error{Err: errors.New("the region of AWS is unknown: set AWS_REGION"), IsPermanent: true}
	}
	return secretsmanager.NewFromConfig(cfg), nil
}

// fetch returns the current version of a secret. Its errors are *Error.
func fetch(ctx context.Context, client *secretsmanager.Client, name string) (string, error) {
	answer, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return "", readError(name, client.Options().Region, err)
	}
	if answer.SecretString == nil {
		return "", &Error{name, errors.New("it is binary, want JSON"), true}
	}
	return *answer.SecretString, nil
}
