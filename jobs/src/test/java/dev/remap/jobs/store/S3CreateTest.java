package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3CreateTest extends AtomicCreateContract {
  private static final String HADOOP = VersionInfo.getVersion();

  @TempDir private static java.nio.file.Path folder;
  private static S3Server server;
  private static Configuration conf;
  private static FileSystem fs;
  private Path root;
  private AtomicCreate atomic;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(folder.resolve("blobs"));
    conf = server.configuration(folder.resolve("buffers"));
    fs = new Path(S3Server.root("x")).getFileSystem(conf);
  }

  @AfterAll
  static void stop() throws IOException {
    fs.close();
    server.close();
  }

  private static Configuration configuration(S3Front front) throws IOException {
    return S3Server.configuration(front.endpoint(), folder.resolve("buffers"));
  }

  @BeforeEach
  void makeRoot() throws IOException {
    root = new Path(S3Server.root(UUID.randomUUID().toString()));
    fs.mkdirs(root);
    atomic = new S3Create(fs, root);
    atomic.probe();
  }

  @Override
  FileSystem fileSystem() {
    return fs;
  }

  @Override
  Path root() {
    return root;
  }

  @Override
  AtomicCreate atomic() {
    return atomic;
  }

  @Override
  int rounds() {
    return 25;
  }

  @Test
  void holdsAWholeStore() {
    StoreChecks.holdsAStore(root.toString(), conf);
  }

  @Test
  void refusesAServerThatIgnoresTheCondition() throws Exception {
    S3Front.Fault lax =
        (method, path, headers) -> {
          headers.remove("If-None-Match");
          return 0;
        };
    try (S3Front front = new S3Front(server.endpoint(), lax)) {
      Configuration conf = configuration(front);

      assertThatThrownBy(() -> Store.openOrCreate(root.toString(), conf))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(root.toString())
          .hasMessageContaining("ignores the condition");
    }
  }

  @Test
  void anAnswerThatIsLostDuringTheTrialIsNoServerThatIgnoresTheCondition() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    S3Front.Fault forgetful =
        new S3Front.Fault() {
          @Override
          public int meet(String method, String path, Headers headers) {
            return 0;
          }

          @Override
          public int answer(String method, String path, Headers headers, int status) {
            boolean trial = path.contains("/probe-") && method.equals("PUT");
            return trial && puts.incrementAndGet() == 1 ? 500 : status;
          }
        };
    try (S3Front front = new S3Front(server.endpoint(), forgetful)) {
      Store store = Store.openOrCreate(root.toString(), configuration(front));

      assertThat(puts).hasValueGreaterThan(2);
      assertThat(store.create("after", bytes(1))).isTrue();
    }
  }

  @Test
  void triesAgainWhileAnotherConditionalPutIsUnderWay() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    S3Front.Fault busy =
        (method, path, headers) -> {
          boolean contended = path.endsWith("contended") && method.equals("PUT");
          return contended && puts.incrementAndGet() <= 2 ? 409 : 0;
        };
    try (S3Front front = new S3Front(server.endpoint(), busy)) {
      Store store = Store.openOrCreate(root.toString(), configuration(front));

      assertThat(store.create("contended", bytes(1))).isTrue();
      assertThat(puts).hasValue(3);
      assertThat(store.read("contended", 1 << 20)).isEqualTo(bytes(1));
    }
  }

  @Test
  void aSmallFileIsReadByOneHeadAndOneGet() throws Exception {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    S3Front.Fault none =
        (method, path, headers) -> {
          if (path.endsWith("small")) {
            asked.add(method);
          }
          return 0;
        };
    try (S3Front front = new S3Front(server.endpoint(), none)) {
      Store store = Store.openOrCreate(root.toString(), configuration(front));
      store.create("small", bytes(1));
      asked.clear();

      assertThat(store.read("small", 1 << 20)).isEqualTo(bytes(1));
      assertThat(asked).containsExactly("HEAD", "GET");
    }
  }

  @Test
  void readsImagesOfAnyName() throws Exception {
    List<String> names = new ArrayList<>(OddNames.ANYWHERE);
    names.add(OddNames.COLON);

    OddNames.areRead(fs, new Path(root, "odd"), conf, names);
  }

  @Test
  void aHadoopThatHasNoConditionalPutIsRefusedWithWhichToBring() {
    Configuration old = new Configuration(conf);
    old.setBoolean("fs.s3a.create.conditional.enabled", false);
    old.setBoolean("fs.s3a.impl.disable.cache", true);

    for (Runnable opening :
        List.<Runnable>of(
            () -> Store.openOrCreate(root.toString(), old),
            () -> Store.open(root.toString(), old))) {
      assertThatThrownBy(opening::run)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("Cannot keep a store at " + root + ": Hadoop " + HADOOP)
          .hasMessageContaining("bring a Spark with Hadoop 3.4.2 or newer");
    }
  }

  @Test
  void aSparkWithoutS3aIsToldWhatItLacks() {
    Configuration without = new Configuration(conf);
    without.set("fs.s3a.impl", "org.example.NotThere");
    without.setBoolean("fs.s3a.impl.disable.cache", true);

    assertThatThrownBy(() -> Store.open(root.toString(), without))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Class org.example.NotThere not found")
        .hasMessageContaining("put hadoop-aws and the AWS SDK for Java 2 among its jars")
        .hasMessageContaining("which is " + HADOOP + " and must be 3.4.2 or newer");
  }

  @Test
  void saysThatTheBucketIsMissing() {
    assertThatThrownBy(() -> Store.openOrCreate("s3a://no-such-bucket/store", conf))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("s3a://no-such-bucket/store");
  }
}
