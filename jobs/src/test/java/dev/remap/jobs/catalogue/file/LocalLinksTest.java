package dev.remap.jobs.catalogue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Links in local folders: around, back up, out of the catalogue, and to nothing. */
class LocalLinksTest extends LocalTreeListings {
  @Test
  void aLinkWhoseTargetIsMissingIsListedAndCannotBeReached() throws Exception {
    file("a.jpg");
    link("in.jpg", "nothing.jpg");
    link("out.jpg", "/nothing/mounted/x.jpg");
    link("self.jpg", "self.jpg");
    link("notes", "nothing.txt");

    Result result = list();

    assertThat(result.ids()).containsExactly("a.jpg", "in.jpg", "out.jpg", "self.jpg");
    for (String id : List.of("in.jpg", "out.jpg", "self.jpg")) {
      assertThat(result.image(id).isUnreachable()).as(id).isTrue();
      assertThatThrownBy(() -> read(result.image(id))).as(id).isInstanceOf(IOException.class);
    }
    assertCounts(result, "1 × link to nothing (notes)");
  }

  @Test
  void aLinkThatMayBeAFolderThatIsNotMountedEndsTheListing() throws Exception {
    file("a.jpg");
    link("nas", "/nothing/mounted");
    assertThat(list().leftOut()).hasToString("1 left out: 1 × " + LocalLink.OUTSIDE + " (nas)");

    assertThatThrownBy(this::followed).hasStackTraceContaining(folder + "/nas is a link to what");

    Files.delete(folder.resolve("nas"));
    link("nas", ".mounts/nas");
    assertThatThrownBy(this::list).hasStackTraceContaining("is it mounted?");
  }

  /** Listed 41 times over by one that follows all links; without an end by one with two of them. */
  @Test
  void linksThatLeadBackUpAreNamedAndNotFollowed() throws Exception {
    file("a.jpg");
    file("b/c.jpg");
    link("again", ".");
    link("b/up", folder);
    link("b/top", "/");
    link("b/twin", "../b/.");
    link("here", "b/up/b");

    for (Result result : List.of(list(), followed())) {
      assertThat(result.ids()).containsExactly("a.jpg", "b/c.jpg");
      assertCounts(
          result,
          "4 × link that leads back up (again/, b/top/, b/twin/, b/up/)",
          "1 × " + LocalLink.TWICE + " (here/)");
    }
  }

  @Test
  void twoFoldersThatLinkToEachOtherAreEachListedOnce() throws Exception {
    file("a/x.jpg");
    file("b/y.jpg");
    link("a/b", "../b");
    link("b/a", "../a");

    Result result = list();

    assertThat(result.ids()).containsExactly("a/x.jpg", "b/y.jpg");
    assertCounts(result, "2 × " + LocalLink.TWICE + " (a/b/, b/a/)");
  }

  @Test
  void aFileWithALinkBesideItIsListedAtItsOwnPlace() throws Exception {
    file("z/target.jpg");
    link("a.jpg", "z/target.jpg");
    link("b.jpg", folder.resolve("z/target.jpg"));

    Result result = list();

    assertThat(result.ids()).containsExactly("z/target.jpg");
    assertCounts(result, "2 × " + LocalLink.TWICE + " (a.jpg, b.jpg)");
  }

  /** As content-addressed stores, and volumes of Kubernetes, lay images out. */
  @Test
  void whatIsOnlyReachedThroughLinksIsListedThroughTheFirstOfThem() throws Exception {
    file(".store/0f/3a");
    file(".v1/sub/x.jpg");
    link("one.jpg", ".store/0f/3a");
    link("two.jpg", ".store/0f/3a");
    link("current", ".v1");
    link("newest", ".v1");
    link("x.jpg", ".v1/sub/x.jpg");

    Result result = list();

    assertThat(result.ids()).containsExactly("current/sub/x.jpg", "one.jpg");
    assertThat(read(result.image("one.jpg"))).hasSize(3);
    assertThat(result.image("current/sub/x.jpg").uri())
        .isEqualTo("file:" + folder + "/current/sub/x.jpg");
    assertCounts(
        result,
        "2 × hidden (.store/, .v1/)",
        "3 × " + LocalLink.TWICE + " (newest/, two.jpg, x.jpg)");
  }

  @Test
  void linksOutOfTheCatalogueAreFollowedOnlyIfASettingSaysSo() throws Exception {
    Path other = temporary.resolve("other");
    written(other.resolve("deep/o.jpg"));
    written(temporary.resolve("lone.jpg"));
    file("a.jpg");
    link("other", other);
    link("deep", other.resolve("deep"));
    link("o.jpg", other.resolve("deep/o.jpg"));
    link("lone.jpg", temporary.resolve("lone.jpg"));
    Files.createSymbolicLink(other.resolve("back"), folder);
    Files.createSymbolicLink(other.resolve("deep/loop"), other);

    Result left = list();
    assertThat(left.ids()).containsExactly("a.jpg");
    assertCounts(left, "4 × " + LocalLink.OUTSIDE + " (deep/, lone.jpg, o.jpg, other/)");

    Result followed = followed();
    assertThat(followed.ids()).containsExactly("a.jpg", "lone.jpg", "other/deep/o.jpg");
    assertCounts(
        followed,
        "3 × " + LocalLink.TWICE + " (deep/, o.jpg, other/back/)",
        "1 × link that leads back up (other/deep/loop/)");
  }

  /** The first walk comes by the inner folder; a link in it leads to the one around it. */
  @Test
  void aFolderThatWasWalkedIsNotWalkedAgainAsAPartOfAnother() throws Exception {
    Path outer = temporary.resolve("outer");
    written(outer.resolve("inner/i.jpg"));
    written(outer.resolve("o.jpg"));
    Path between = Files.createDirectories(temporary.resolve("between"));
    Files.createSymbolicLink(between.resolve("outer"), outer);
    link("inner", outer.resolve("inner"));
    link("between", between);

    Result result = followed();

    assertThat(result.ids()).containsExactly("between/outer/o.jpg", "inner/i.jpg");
    assertCounts(result, "1 × " + LocalLink.TWICE + " (between/outer/inner/)");
  }

  @Test
  void aCatalogueMayBeALinkItself() throws Exception {
    file("a.jpg");
    file("b/c.jpg");
    link("b/same.jpg", folder.resolve("a.jpg"));
    Path alias = Files.createSymbolicLink(temporary.resolve("alias"), folder);
    link("b/aliased.jpg", alias.resolve("a.jpg"));

    Result result = list(alias);

    assertThat(result.ids()).containsExactly("a.jpg", "b/c.jpg");
    assertThat(result.image("a.jpg").uri()).isEqualTo("file:" + alias + "/a.jpg");
  }
}
