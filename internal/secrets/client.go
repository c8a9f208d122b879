package secrets

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
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
		return nil, errors.New("the region of AWS is unknown: set AWS_REGION")
	}
	return secretsmanager.NewFromConfig(cfg), nil
}

// fetch returns the current version of a secret. Its errors may be shown to anybody.
func fetch(ctx context.Context, client *secretsmanager.Client, name string) (string, error) {
	answer, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return "", sanitizeError(client.Options().Region, err)
	}
	if answer.SecretString == nil {
		return "", errors.New("it is binary, want JSON")
	}
	return *answer.SecretString, nil
}

// sanitizeError returns the part of an error that may be shown to anybody.
func sanitizeError(region string, err error) error {
	var api smithy.APIError
	switch {
	case errors.As(err, new(*types.ResourceNotFoundException)):
		return fmt.Errorf("there is no such secret in %s", region)
	case errors.As(err, &api):
		return fmt.Errorf("AWS returned %s for %s", api.ErrorCode(), failedOperation(err))
	case errors.As(err, new(*smithy.DeserializationError)):
		return errors.New("the response of AWS cannot be decoded")
	}
	return err
}

// failedOperation returns the name of the operation of AWS that failed, which may also be one that gets the
// credentials.
func failedOperation(err error) string {
	what := "the request"
	var operation *smithy.OperationError
	for errors.As(err, &operation) {
		what = operation.Service() + "'s " + operation.Operation()
		err = operation.Err
	}
	return what
}
