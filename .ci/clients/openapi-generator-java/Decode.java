import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.JSON;

/** Decodes cases with a client of openapi-generator `java`: Decode CLASSES < CASES > RESULTS */
public class Decode {
    /** What each operation returns; null for nothing. */
    private static final Map<String, Type> OPERATIONS = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        Path apis = Path.of(arguments[0], "org/openapitools/client/api");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(apis, "*Api.class")) {
            for (Path file : files) {
                String name = file.getFileName().toString().replace(".class", "");
                for (Method method : Class.forName("org.openapitools.client.api." + name).getDeclaredMethods()) {
                    Type returned = method.getGenericReturnType();
                    OPERATIONS.put(method.getName().toLowerCase(Locale.ROOT), returned == void.class ? null : returned);
                }
            }
        }
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        Gson plain = new GsonBuilder().serializeNulls().create();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonObject given = JsonParser.parseString(line).getAsJsonObject();
            JsonObject result = new JsonObject();
            result.add("id", given.get("id"));
            try {
                decode(given, result);
            } catch (Exception error) {
                result.addProperty("error", error.toString());
            }
            out.println(plain.toJson(result));
        }
        out.flush();
    }

    private static void decode(JsonObject given, JsonObject result) throws Exception {
        String operation = given.get("operation").getAsString().toLowerCase(Locale.ROOT);
        if (!OPERATIONS.containsKey(operation)) {
            throw new Exception("the client has no " + operation);
        }
        int status = given.get("status").getAsInt();
        String body = given.has("body") ? given.get("body").getAsString() : "";
        OkHttpClient answering = new OkHttpClient.Builder()
                .addInterceptor(chain -> new Response.Builder()
                        .request(chain.request())
                        .protocol(Protocol.HTTP_1_1)
                        .code(status)
                        .message("")
                        .body(ResponseBody.create(body, MediaType.get("application/json")))
                        .build())
                .build();
        Call call = answering.newCall(new Request.Builder().url("http://localhost").build());
        try {
            Object value = new ApiClient().execute(call, OPERATIONS.get(operation)).getData();
            if (value != null) {
                JsonElement encoded = JsonParser.parseString(JSON.serialize(value));
                result.add("value", encoded);
            }
        } catch (ApiException error) {
            // This generator gives errors as text and has no types for them.
            if (error.getCode() != status || status < 300 || !body.equals(error.getResponseBody())) {
                throw error;
            }
            result.addProperty("untyped", true);
        }
    }
}
