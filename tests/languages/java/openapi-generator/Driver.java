import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.ToNumberPolicy;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;
import org.openapitools.client.JSON;
import org.openapitools.client.auth.ApiKeyAuth;
import org.openapitools.client.model.ErrorResponse;

/** Calls with a client of openapi-generator `java`: Driver CLASSES, with SERVER and TOKEN in its environment */
public class Driver {
    private static final String METHOD = "withhttpinfo";
    private static final String MODELS = "org.openapitools.client.model.";

    /** The methods of the client by the operations that they call, and what they are methods of. */
    private static final Map<String, Method> OPERATIONS = new HashMap<>();
    private static final Map<String, Object> APIS = new HashMap<>();

    /** Reads values as a person would write them: 15 is no 15.0 where any type may stand. */
    private static Gson values;

    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient().setBasePath(System.getenv("SERVER"));
        ((ApiKeyAuth) client.getAuthentication("Token")).setApiKey(System.getenv("TOKEN"));
        Path apis = Path.of(arguments[0], "org/openapitools/client/api");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(apis, "*Api.class")) {
            for (Path file : files) {
                Class<?> api = Class.forName("org.openapitools.client.api." + file.getFileName().toString().replace(".class", ""));
                Object made = api.getConstructor(ApiClient.class).newInstance(client);
                for (Method method : api.getDeclaredMethods()) {
                    String name = plain(method.getName());
                    if (name.endsWith(METHOD)) {
                        OPERATIONS.put(name.replace(METHOD, ""), method);
                        APIS.put(name.replace(METHOD, ""), made);
                    }
                }
            }
        }
        values = JSON.getGson().newBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Gson plain = new GsonBuilder().serializeNulls().create();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonObject result = new JsonObject();
            try {
                make(JsonParser.parseString(line).getAsJsonObject(), result);
            } catch (Exception error) {
                result.addProperty("error", error.toString());
            }
            out.println(plain.toJson(result));
        }
    }

    /** Names of parameters and operations differ in letter case and separators only. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static void make(JsonObject call, JsonObject result) throws Exception {
        String operation = plain(call.get("operation").getAsString());
        Method method = OPERATIONS.get(operation);
        if (method == null) {
            throw new Exception("the client has no " + operation);
        }
        try {
            ApiResponse<?> response = (ApiResponse<?>) method.invoke(APIS.get(operation), arguments(call, method));
            result.addProperty("status", response.getStatusCode());
            if (response.getData() != null) {
                result.add("value", JsonParser.parseString(JSON.serialize(response.getData())));
            }
        } catch (InvocationTargetException thrown) {
            if (!(thrown.getCause() instanceof ApiException error) || error.getCode() < 300) {
                throw new Exception(thrown.getCause());
            }
            result.addProperty("status", error.getCode());
            // As README says: the client has the text, and the type of what is in it.
            result.add("value", JsonParser.parseString(ErrorResponse.fromJson(error.getResponseBody()).toJson()));
        }
    }

    /** Parameters are called by their names, and the one that is left is the body. */
    private static Object[] arguments(JsonObject call, Method method) throws Exception {
        Map<String, JsonElement> given = new HashMap<>();
        for (String place : new String[] {"path", "query", "header"}) {
            call.getAsJsonObject(place).entrySet().forEach(entry -> given.put(plain(entry.getKey()), entry.getValue()));
        }
        Parameter[] parameters = method.getParameters();
        Object[] arguments = new Object[parameters.length];
        boolean bodyIsLeft = call.has("body");
        for (int at = 0; at < parameters.length; at++) {
            JsonElement value = given.remove(plain(parameters[at].getName()));
            Class<?> type = parameters[at].getType();
            if (value == null && bodyIsLeft && (type == Map.class || type.getName().startsWith(MODELS))) {
                value = call.get("body");
                bodyIsLeft = false;
            }
            arguments[at] = values.fromJson(value, parameters[at].getParameterizedType());
        }
        if (bodyIsLeft || !given.isEmpty()) {
            throw new Exception("the client has no " + (bodyIsLeft ? "body" : given.keySet()));
        }
        return arguments;
    }
}
