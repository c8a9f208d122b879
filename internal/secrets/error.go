package secrets

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/smithy-go"
)

// Error says why a secret could not be read. It may be shown to anybody.
type Error struct {
	Secret string // its name or ARN; "": no secret can be read
	Err    error
	// IsPermanent says that the error remains until somebody changes the configuration, the secret or a permission at
	// AWS.
	IsPermanent bool
}

// Error implements error.
func (e *Error) Error() string {
	if e.Secret == "" {
		return e.Err.Error()
	}
	return "the secret " + e.Secret + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// permanent maps the codes of AWS's permanent errors to advice.
var permanent = map[string]string{
	"AccessDeniedException":   "the role needs secretsmanager:GetSecretValue, and kms:Decrypt for a key of your own",
	"DecryptionFailure":       "the role needs kms:Decrypt for the secret's key",
	"InvalidRequestException": "it may have been deleted",

	"UnrecognizedClientException": "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION",
	"InvalidSignatureException":   "check AWS_SECRET_ACCESS_KEY, AWS_REGION and this machine's clock",
	"ExpiredTokenException":       "AWS_SESSION_TOKEN is no longer valid",
}

// readError returns the part of an error of AWS that may be shown to anybody.
func readError(name, region string, err error) *Error {
	var api smithy.APIError
	var lookup *net.DNSError
	switch {
	case errors.As(err, new(*types.ResourceNotFoundException)):
		return &Error{name, fmt.Errorf("there is no such secret in %s", region), true}
	case errors.As(err, &api):
		advice, isPermanent := permanent[api.ErrorCode()]
		err = fmt.Errorf("AWS returned %s for %s", api.ErrorCode(), failedOperation(err))
		if isPermanent {
			err = fmt.Errorf("%w: %s", err, advice)
		}
		return &Error{name, err, isPermanent}
	case errors.As(err, new(*smithy.DeserializationError)):
		return &Error{name, errors.New("the response of AWS cannot be decoded"), false}
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return &Error{name, fmt.Errorf("there is no host %s: check AWS_REGION, which is %s", lookup.Name, region), true}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{name, fmt.Errorf("AWS did not answer in %s: %w", region, err), false}
	}
	return &Error{name, err, false}
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
