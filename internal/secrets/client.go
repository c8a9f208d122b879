package secrets

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

// maxAttempts is how often a secret is asked for until AWS answers.
const maxAttempts = 5

// newClient finds region and credentials where all of AWS's tools look for them: variables, files, the role of a container
// or machine.
func newClient(ctx context.Context, o Options) (*secretsmanager.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(o.AttemptTimeout)),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(r *retry.StandardOptions) {
				r.MaxAttempts, r.MaxBackoff = maxAttempts, o.AttemptTimeout
			})
		}))
	if err != nil {
		return nil, fmt.Errorf("read AWS's own configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("AWS's region is not known: set AWS_REGION")
	}
	return secretsmanager.NewFromConfig(cfg), nil
}

// fetch returns the current version of a secret.
func fetch(ctx context.Context, client *secretsmanager.Client, name string) (string, error) {
	answer, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return "", sanitizeError(client.Options().Region, err)
	}
	if answer.SecretString == nil {
		return "", errors.New("is binary: want a text with JSON")
	}
	return *answer.SecretString, nil
}

// explain keeps of an error what may be read by anybody.
func sanitizeError(region string, err error) error {
	var api smithy.APIError
	switch {
	case errors.As(err, new(*types.ResourceNotFoundException)):
		return fmt.Errorf("there is no such secret in %s", region)
	case errors.As(err, &api):
		return fmt.Errorf("AWS answers %s to %s", api.ErrorCode(), failedOperation(err))
	case errors.As(err, new(*smithy.DeserializationError)):
		return errors.New("AWS's answer cannot be read")
	}
	return err
}

// asked is what AWS was asked last: not always for the secret, sometimes for the credentials to do so.
func failedOperation(err error) string {
	what := "the request"
	var operation *smithy.OperationError
	for errors.As(err, &operation) {
		what = operation.Service() + "'s " + operation.Operation()
		err = operation.Err
	}
	return what
}
