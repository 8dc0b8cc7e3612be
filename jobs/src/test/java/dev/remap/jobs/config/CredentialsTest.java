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
        "https://a.blob.core.windows.net/c/x?sv=2022&sig=SECRET",
        "https://host/x.jpg?Expires=1&Signature=SECRET~&Key-Pair-Id=SECRET",
        "https://b.s3.amazonaws.com/x?AWSAccessKeyId=SECRET&Expires=1&Signature=SECRET",
        "https://host/x.jpg?access_token=SECRET",
        "https://host/x.jpg?w=1&Token=SECRET",
        "https://host/x.jpg?api_key=SECRET",
        "https://host/x.jpg?api-key=SECRET#top",
        "https://host/x.jpg?%61ccess%5Ftoken=SECRET",
        "https://host/x.jpg?%2561ccess_token=SECRET",
        "https://host/x.jpg?password=SEC&RET;SECRET",
        "https://host/x.jpg#access_token=SECRET",
        "https://host/a;jsessionid=SECRET/x.jpg",
        "https://host/x.jpg?a=1&amp;token=SECRET",
        "https://host/x.jpg?auth[token]=SECRET",
        "https://proxy/?url=https%3A%2F%2Fhost%2Fx.jpg%3Ftoken%3DSECRET",
        "https://host/x.jpg?key=eyJhbGciOiJIUzI1NiJ9.SECRET.SECRET",
        "s3a://b/x.jpg?X-Amz-Signature=SECRET",
        "sftp://me%3ASECRET@host/x",
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
        "https://host/x.jpg?signal=1&design=2",
        "https://host/x.jpg?id=7&key=photo1&hash=ab12&v=3",
        "https://host/x.jpg?w=640&h=480&fit=crop&s=0a1b2c3d",
        "https://host/x.jpg?token=&tokens=2&passage=3&author=4&secretary=5&keyword=6",
        "https://host/x.jpg?user=me&name=you&signed=1#page=2",
        "https://host/a;v=1.2/x.jpg",
        "file:/pictures/Signature=7.jpg",
      })
  void whatIsNoneStaysAsItIs(String text) {
    assertThat(Credentials.areIn(text)).isFalse();
    assertThat(Credentials.blanked(text)).isEqualTo(text);
  }

  @Test
  void whatIsAroundASecretCanStillBeRead() {
    assertThat(Credentials.blanked("no s3a://A:B@c/x, 3 of 4")).isEqualTo("no s3a://…@c/x, 3 of 4");
  }

  /** In a table a text is a URI even where it names no scheme; a name of a file is only a name. */
  @Test
  void aParameterCountsWhereThereIsAUri() {
    String name = "q?X-Amz-Signature=SECRET.jpg";

    assertThat(Credentials.areIn(name)).isFalse();
    assertThat(Credentials.areInUri(name)).isTrue();
    assertThat(Credentials.areInUser("s3a://bucket/" + name)).isFalse();
    assertThat(Credentials.areInUri("//SECRET:SECRET@host/x.jpg")).isTrue();
    assertThat(Credentials.blanked(name)).isEqualTo("q…");
  }
}
