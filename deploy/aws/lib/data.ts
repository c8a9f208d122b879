import {
  Validations, Duration, RemovalPolicy, SecretValue, Stack, type StackProps, aws_cognito as cognito, aws_ec2 as ec2, aws_logs as logs,
  aws_rds as rds, aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { NetworkStack } from './network.ts';
import type { Settings } from './settings.ts';

/** The names that the previous service used, and under which the server looks for its secrets. */
export const secretNames = {
  spotify: 'spotify_client', database: 'antwon-rds-credentials', backend: 'antwon-backend',
  oidc: 'cognito_client_credentials',
} as const;

/** What is kept when the app is destroyed: the database, the secrets, and the hosts who may sign in. */
export class DataStack extends Stack {
  readonly database: rds.DatabaseInstance;
  readonly users: cognito.UserPool;
  readonly secrets: secretsmanager.ISecret[];

  constructor(scope: Construct, id: string, props: StackProps & { settings: Settings; network: NetworkStack }) {
    super(scope, id, props);
    this.database = this.makeDatabase(props.settings, props.network);
    this.users = this.makeUsers();
    const client = this.makeClient(props.settings);
    this.secrets = [
      this.database.secret as secretsmanager.ISecret,
      this.makeKeys(),
      new secretsmanager.Secret(this, 'Client', {
        secretName: secretNames.oidc,
        description: 'The Cognito app client that hosts sign in with',
        secretObjectValue: {
          client_id: SecretValue.resourceAttribute(client.userPoolClientId), client_secret: client.userPoolClientSecret,
        },
        removalPolicy: RemovalPolicy.RETAIN,
      }),
      secretsmanager.Secret.fromSecretNameV2(this, 'Spotify', secretNames.spotify), // made by hand, see README.md
    ];
    Validations.of(this).acknowledge(...[
      { id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
        reason: "CDK's function that asks Cognito for the client's secret at a deployment may write its log." },
      { id: 'AwsSolutions-SMG4', reason: 'The keys and the clients at Cognito and Spotify are replaced by hand, in two '
        + 'steps that docs/configuration.md describes; the password of the database rotates.' },
    ]);
  }

  private makeDatabase({ size }: Settings, { vpc, tasks }: NetworkStack): rds.DatabaseInstance {
    const name = 'antwon';
    const logGroups = ['error', 'slowquery'].map((kind) => new logs.LogGroup(this, `Log-${kind}`, {
      logGroupName: `/aws/rds/instance/${name}/${kind}`, // where RDS writes
      retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY,
    }));
    const database = new rds.DatabaseInstance(this, 'Database', {
      instanceIdentifier: name,
      engine: rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_10 }),
      instanceType: new ec2.InstanceType(size.database.type),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      multiAz: size.database.multiAz,
      databaseName: 'antwon',
      credentials: rds.Credentials.fromGeneratedSecret('antwon', { secretName: secretNames.database }),
      storageType: rds.StorageType.GP3,
      allocatedStorage: 20,
      maxAllocatedStorage: 200,
      storageEncrypted: true,
      backupRetention: Duration.days(size.database.backupDays),
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      copyTagsToSnapshot: true,
      caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
      iamAuthentication: false,
      cloudwatchLogsExports: ['error', 'slowquery'],
      parameters: { require_secure_transport: 'ON', character_set_server: 'utf8mb4', slow_query_log: '1' },
      autoMinorVersionUpgrade: true,
    });
    database.node.addDependency(...logGroups);
    database.connections.allowDefaultPortFrom(tasks);
    database.addRotationSingleUser({
      automaticallyAfter: Duration.days(30), vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    Validations.of(database).acknowledge(...[
      { id: 'AwsSolutions-RDS11', reason: 'The port is no secret: security groups let only the tasks in.' },
      ...(size.database.multiAz ? []
        : [{ id: 'AwsSolutions-RDS3', reason: 'The small size has one zone for the database, for half the price.' }]),
    ]);
    return database;
  }

  /** One secret cannot have two generated values, so the second one comes from a secret of its own. */
  private makeKeys(): secretsmanager.Secret {
    const key = new secretsmanager.Secret(this, 'EncryptionKey', {
      description: 'The key that encrypts Spotify tokens, as it was copied into antwon-backend when that was created',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    return new secretsmanager.Secret(this, 'Backend', {
      secretName: secretNames.backend,
      description: "The server's own keys",
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ encryption_key: key.secretValue.unsafeUnwrap() }),
        generateStringKey: 'session_secret', passwordLength: 64, excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private makeUsers(): cognito.UserPool {
    const users = new cognito.UserPool(this, 'Users', {
      selfSignUpEnabled: false, // hosts are invited: aws cognito-idp admin-create-user
      signInAliases: { email: true },
      signInCaseSensitive: false,
      passwordPolicy: {
        minLength: 12, requireLowercase: true, requireUppercase: true, requireDigits: true, requireSymbols: true,
      },
      mfa: cognito.Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(users).acknowledge(...[
      { id: 'AwsSolutions-COG2', reason: 'A host may add a second factor; what they can lose is a party.' },
      { id: 'AwsSolutions-COG3', reason: 'Advanced security needs the Plus plan, 0.02 USD for each host and month.' },
      { id: 'AwsSolutions-COG8', reason: 'The Essentials plan has all that hosts use.' },
    ]);
    return users;
  }

  private makeClient({ domain, account }: Settings): cognito.UserPoolClient {
    this.users.addDomain('Domain', { cognitoDomain: { domainPrefix: `antwon-${account}` } });
    return this.users.addClient('Server', {
      generateSecret: true,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [cognito.OAuthScope.OPENID, cognito.OAuthScope.PROFILE, cognito.OAuthScope.EMAIL],
        callbackUrls: [`https://${domain}/auth/callback`],
        logoutUrls: [`https://${domain}/`],
      },
      preventUserExistenceErrors: true,
      supportedIdentityProviders: [cognito.UserPoolClientIdentityProvider.COGNITO],
    });
  }
}
