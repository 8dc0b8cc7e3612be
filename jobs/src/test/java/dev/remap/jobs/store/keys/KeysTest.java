package dev.remap.jobs.store.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Golden;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.keys.KeyExceptions.Collision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
  /** All ids that begin with the same letter meet at its code; salts lead away from there. */
  private static final KeyHash FIRST_LETTER = (id, salt) -> id.charAt(0) + 1000L * salt;

  @TempDir private Path folder;
  private Store store;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
  }

  @Test
  void takesTheTop63BitsOfSha256() {
    // printf %s ID | sha256sum; the first 16 digits shifted right by one bit, with Python.
    assertThat(KeyHash.SHA_256.key("photos/0001.jpg", 0)).isEqualTo(3225195991690727957L);
    assertThat(KeyHash.SHA_256.key("é", 0)).isEqualTo(2687710815487386025L);
    assertThat(KeyHash.SHA_256.key("photos/0001.jpg", 1)).isEqualTo(1433072636440470201L);
  }

  @Test
  void refusesIdsThatAreNoTextOrEmpty() {
    Keys keys = new Keys(KeyHash.SHA_256, KeyExceptions.load(store));

    assertThatThrownBy(() -> keys.key("a\ud800"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not Unicode");
    assertThatThrownBy(() -> keys.key("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void givesTheHashWhereNothingCollides() {
    Keys keys = new Keys(KeyHash.SHA_256, KeyExceptions.load(store));

    assertThat(keys.key("a")).isEqualTo(KeyHash.SHA_256.key("a", 0));
    assertThat(store.exists(Layout.KEY_EXCEPTIONS)).isFalse();
  }

  @Test
  void findsIdsThatShareAKeyAndNothingElse() {
    List<Collision> found =
        collisions(KeyExceptions.load(store), List.of("a1", "b1", "b2", "b3", "c1"));

    assertThat(found).containsExactly(new Collision('b', new TreeSet<>(List.of("b1", "b2", "b3"))));
  }

  @Test
  void takesTheSameIdTwiceAsOne() {
    CollisionFinder finder = new CollisionFinder(KeyExceptions.load(store));
    finder.accept(5, "x");
    finder.accept(5, "x");

    assertThat(finder.collisions()).isEmpty();
  }

  @Test
  void refusesAListingThatIsNotSorted() {
    CollisionFinder finder = new CollisionFinder(KeyExceptions.load(store));
    finder.accept(5, "x");

    assertThatThrownBy(() -> finder.accept(4, "y")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void leavesTheKeyToTheFirstInOrderAndSaltsTheOthers() {
    Keys keys = settle(List.of("b2", "a1", "b1", "b3"), KeyExceptions.Owners.NONE);

    assertThat(keys.key("b1")).isEqualTo('b');
    assertThat(keys.key("b2")).isEqualTo('b' + 1000L);
    assertThat(keys.key("b3")).isEqualTo('b' + 2000L);
    assertThat(keys.key("a1")).isEqualTo('a');
  }

  @Test
  void leavesTheKeyToTheIdThatHadItInTheOlderSnapshot() {
    Keys keys =
        settle(List.of("b1", "b2"), key -> key == 'b' ? Optional.of("b2") : Optional.empty());

    assertThat(keys.key("b2")).isEqualTo('b');
    assertThat(keys.key("b1")).isEqualTo('b' + 1000L);
  }

  @Test
  void keepsEveryDecisionWhileIdsDisappearAndReturn() {
    settle(List.of("b1", "b2"), KeyExceptions.Owners.NONE);
    Keys withoutHolder = settle(List.of("b2", "b0"), KeyExceptions.Owners.NONE);
    assertThat(withoutHolder.key("b2")).isEqualTo('b' + 1000L);
    assertThat(withoutHolder.key("b0")).as("b1 is gone, its key is not").isEqualTo('b' + 2000L);

    Keys empty = settle(List.of(), KeyExceptions.Owners.NONE);
    Keys all = settle(List.of("b0", "b1", "b2"), KeyExceptions.Owners.NONE);

    assertThat(empty.key("b1")).isEqualTo('b');
    assertThat(all.key("b1")).isEqualTo('b');
    assertThat(all.key("b2")).isEqualTo('b' + 1000L);
    assertThat(all.key("b0")).isEqualTo('b' + 2000L);
  }

  @Test
  void settlesAnIdThatMeetsAnotherAtItsSaltedKey() {
    KeyHash chain =
        (id, salt) -> id.equals("x") && salt == 0 ? 'b' + 1000L : FIRST_LETTER.key(id, salt);
    Keys keys = settle(chain, List.of("b1", "b2", "x"), KeyExceptions.Owners.NONE);

    assertThat(List.of(keys.key("b1"), keys.key("b2"), keys.key("x"))).doesNotHaveDuplicates();
    assertThat(keys.key("b2")).isEqualTo('b' + 1000L);
  }

  @Test
  void refusesAHashThatSaltsDoNotChange() {
    KeyHash constant = (id, salt) -> 7;

    assertThatThrownBy(() -> settle(constant, List.of("b1", "b2"), KeyExceptions.Owners.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'b2'");
  }

  @Test
  void passesOverSaltedKeysThatOlderIdsHave() {
    KeyExceptions.Owners older = key -> key == 'b' + 1000L ? Optional.of("old") : Optional.empty();

    Keys keys = settle(List.of("b1", "b2"), older);

    assertThat(keys.key("b2")).isEqualTo('b' + 2000L);
  }

  @Test
  void decidesTheSameWayWhenRunsDecideAtOnce() throws Exception {
    List<Collision> found =
        collisions(KeyExceptions.load(store), List.of("a1", "a2", "a3", "b1", "b2"));
    ExecutorService pool = Executors.newFixedThreadPool(8);
    Callable<KeyExceptions> decide =
        () -> KeyExceptions.add(store, found, FIRST_LETTER, KeyExceptions.Owners.NONE);
    List<Future<KeyExceptions>> decided =
        pool.invokeAll(IntStream.range(0, 8).mapToObj(i -> decide).toList());
    pool.shutdown();

    for (Future<KeyExceptions> exceptions : decided) {
      assertThat(exceptions.get().size()).isEqualTo(3);
      assertThat(new Keys(FIRST_LETTER, exceptions.get()).key("a3")).isEqualTo('a' + 2000L);
    }
    assertThat(store.list(Layout.KEY_EXCEPTIONS))
        .containsExactly("00000001.json", "00000002.json", "00000003.json");
  }

  @Test
  void givesEveryIdAKeyOfItsOwnWhateverCollides() {
    KeyHash few = (id, salt) -> Math.floorMod((id + salt).hashCode() * 31L, 40L);
    List<String> ids = IntStream.range(0, 30).mapToObj(i -> "image" + i).toList();

    Keys keys = settle(few, ids, KeyExceptions.Owners.NONE);

    assertThat(ids.stream().map(keys::key)).doesNotHaveDuplicates();
  }

  @Test
  void travelsToTasks() throws Exception {
    Keys keys = settle(List.of("b1", "b2"), KeyExceptions.Owners.NONE);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Keys(KeyHash.SHA_256, KeyExceptions.load(store)));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(((Keys) in.readObject()).key("b2")).isEqualTo(keys.key("b2"));
    }
  }

  @Test
  void writesExceptionsAsTheGoldenFileHasThem() {
    settle(List.of("b1", "b2"), KeyExceptions.Owners.NONE);

    assertThat(store.read(Layout.KEY_EXCEPTIONS + "/00000001.json", 1000))
        .asString()
        .isEqualTo(Golden.text("key-exception"));
  }

  @Test
  void refusesALogWithAGap() {
    settle(List.of("b1", "b2", "b3"), KeyExceptions.Owners.NONE);
    store.deleteQuietly(Layout.KEY_EXCEPTIONS + "/00000001.json");

    assertThatThrownBy(() -> KeyExceptions.load(store))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("00000001.json");
  }

  private Keys settle(List<String> ids, KeyExceptions.Owners older) {
    return settle(FIRST_LETTER, ids, older);
  }

  /** What a snapshot does: look for collisions and record them until there are none. */
  private Keys settle(KeyHash hash, List<String> ids, KeyExceptions.Owners older) {
    KeyExceptions exceptions = KeyExceptions.load(store);
    List<Collision> found = collisions(hash, exceptions, ids);
    while (!found.isEmpty()) {
      exceptions = KeyExceptions.add(store, found, hash, older);
      found = collisions(hash, exceptions, ids);
    }
    return new Keys(hash, exceptions);
  }

  private static List<Collision> collisions(KeyExceptions exceptions, List<String> ids) {
    return collisions(FIRST_LETTER, exceptions, ids);
  }

  private static List<Collision> collisions(
      KeyHash hash, KeyExceptions exceptions, List<String> ids) {
    Keys keys = new Keys(hash, exceptions);
    CollisionFinder finder = new CollisionFinder(exceptions);
    Map<Long, TreeSet<String>> sorted = new TreeMap<>();
    ids.forEach(id -> sorted.computeIfAbsent(keys.key(id), key -> new TreeSet<>()).add(id));
    sorted.forEach((key, same) -> same.forEach(id -> finder.accept(key, id)));
    return finder.collisions();
  }
}
