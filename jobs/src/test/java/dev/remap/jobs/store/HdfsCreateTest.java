package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.file.UnreadableException;
import java.io.IOException;
import java.security.PrivilegedExceptionAction;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HdfsCreateTest extends AtomicCreateContract {
  @TempDir private static java.nio.file.Path folder;
  private static HdfsCluster cluster;
  private static FileSystem fs;
  private Path root;

  @BeforeAll
  static void start() throws IOException {
    cluster = new HdfsCluster(folder);
    fs = new Path(cluster.root("")).getFileSystem(cluster.configuration());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void makeRoot() throws IOException {
    root = new Path(cluster.root(UUID.randomUUID().toString()));
    fs.mkdirs(root);
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
    return new HdfsCreate(fs, cluster.configuration());
  }

  @Override
  int rounds() {
    return 10;
  }

  @Test
  void holdsAWholeStore() {
    Configuration conf = cluster.configuration();

    StoreChecks.holdsAStore(root.toString(), conf);

    assertThat(Store.open(root.toString(), conf).root()).isEqualTo(root.toString());
  }

  @Test
  void readsImagesOfAnyNameAndTellsThoseThatItCannotHold() throws Exception {
    OddNames.areRead(fs, root, cluster.configuration(), OddNames.ANYWHERE);

    String none = root + "/" + OddNames.COLON;
    assertThatThrownBy(() -> new CatalogueImage("x", none, "", 9, cluster.configuration()).read())
        .isInstanceOf(UnreadableException.class);
  }

  @Test
  void saysThatThePermissionIsMissing() throws Exception {
    fs.setPermission(root, new FsPermission((short) 0700));
    PrivilegedExceptionAction<Store> open =
        () -> Store.openOrCreate(root.toString(), cluster.configuration());

    assertThatThrownBy(() -> UserGroupInformation.createRemoteUser("stranger").doAs(open))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(root.toString())
        .hasMessageContaining("no permission");
  }
}
