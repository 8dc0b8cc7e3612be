package dev.remap.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://AKIA:SECRET@bucket/x",
        "s3a://AKIA:sec/ret+@bucket/x",
        "s3a://AKIA:7/SECRET@bucket/x",
        "S3A://:SECRET@bucket",
        "sftp://SECRET:SECRET@host/x",
        "see https://SECRET@host/x.jpg",
        "https://host/x.jpg?X-Amz-Algorithm=AWS4&X-Amz-Credential=SECRET/20240101",
        "https://host/x.jpg?X-Amz-Signature=SECRET",
        "https://host/x.jpg?x-goog-signature=SECRET&y=1",
        "https://a.blob.core.windows.net/c/x?sv=2022&sig=SECRETSECRETSECRETSECRETSECRETSE%3D",
        "abfs://SECRET:SECRET@account/x",
        "abfs://container:SECRET@p@ss@account/x",
        "Malformed CSV record: ,s3a://AKIA:SECRET@b/x.jpg",
      })
  void secretsAreFoundAndBlanked(String text) {
    assertThat(Credentials.areIn(text)).isTrue();
    assertThat(Credentials.blanked(text))
        .doesNotContain("SECRET")
        .doesNotContain("p@ss")
        .contains("…");
    assertThat(new InputException("%s", text)).hasMessage(Credentials.blanked(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://bucket/a@b:c.jpg",
        "s3a://bucket/folder/me@home.jpg",
        "hdfs://namenode:8020/images/me@home.jpg",
        "hdfs://me@namenode/x",
        "http://host:8080/x@2.jpg",
        "https://host/x@2.jpg",
        "abfs://container@account.dfs.core.windows.net/x",
        "spark://host:7077",
        "a:b@c.jpg",
        "https://host/x.jpg?signal=1&sig=2",
      })
  void whatIsNoneStaysAsItIs(String text) {
    assertThat(Credentials.areIn(text)).isFalse();
    assertThat(Credentials.blanked(text)).isEqualTo(text);
  }

  @Test
  void whatIsAroundASecretCanStillBeRead() {
    assertThat(Credentials.blanked("no s3a://A:B@c/x, 3 of 4")).isEqualTo("no s3a://…@c/x, 3 of 4");
  }
}
