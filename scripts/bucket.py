"""Make the bucket of the KICC_S3_… settings when it is not there yet; the store itself never makes one."""

import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError


def main() -> int:
    try:
        bucket = os.environ["KICC_S3_BUCKET"]
        client = boto3.client(
            "s3",
            endpoint_url=os.environ["KICC_S3_ENDPOINT"],
            aws_access_key_id=os.environ["KICC_S3_ACCESS_KEY"],
            aws_secret_access_key=os.environ["KICC_S3_SECRET_KEY"],
            region_name=os.environ["KICC_S3_REGION"],
            config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"),
        )
    except KeyError as missing:
        print(f"The bucket cannot be made: {missing.args[0]} is not set.", file=sys.stderr)
        return 1
    try:
        if bucket not in {there["Name"] for there in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=bucket)
    except (BotoCoreError, ClientError) as error:
        print(f"The bucket {bucket} cannot be made: {type(error).__name__}.", file=sys.stderr)
        return 1
    finally:
        client.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
