"""The services that the suite stands on are real and can be taken away."""

import boto3
import psycopg2
import pytest
import redis
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from tests.services.postgres import Postgres
from tests.services.session import S3
from tests.services.valkey import Valkey


def test_postgres_answers(postgres: Postgres) -> None:
    url = postgres.create_database("infra_probe")
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000
    connection.close()


def test_valkey_keeps_its_data_over_a_restart_and_loses_it_when_wiped(valkey: Valkey) -> None:
    with redis.Redis(port=valkey.port) as client:
        client.set("word", "kept")
        valkey.restart()
        assert client.get("word") == b"kept"
        valkey.restart(wipe=True)
        assert client.get("word") is None


def test_valkey_can_be_away(valkey: Valkey) -> None:
    valkey.stop()
    with redis.Redis(port=valkey.port, socket_timeout=1) as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_store_can_be_away_and_come_back_with_what_it_held(s3: S3) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=s3.endpoint,
        aws_access_key_id=s3.access_key,
        aws_secret_access_key=s3.secret_key,
        region_name=s3.region,
        config=Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=5),
    )
    client.put_object(Bucket=s3.bucket, Key="probe", Body=b"bytes")
    s3.stop()
    with pytest.raises(BotoCoreError):
        client.get_object(Bucket=s3.bucket, Key="probe")
    s3.start()
    assert client.get_object(Bucket=s3.bucket, Key="probe")["Body"].read() == b"bytes"
    client.close()
